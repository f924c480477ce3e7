// Runs before the first paint, so that what needs scripts neither flashes nor stays hidden without them.
document.documentElement.classList.add("js");
