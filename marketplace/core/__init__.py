"""What every topic stands on: database, outbox, audit, actors, words, files and jobs. Knows no topic."""
