"""Who resumes workflows, and when: the loop of the virtual clock, and what both clocks use."""
