"""The scheduler: it resumes workflows, in virtual time or on the wall clock."""
