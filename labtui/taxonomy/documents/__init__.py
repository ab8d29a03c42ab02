"""What a knowledge leaf points to, and where in it the seeds' contexts stand."""
