"""What the site takes for the same thing: synonym sets that staff read, change and retire, seeing first what it does."""
