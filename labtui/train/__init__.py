"""Training: an adapter on a base model, as a job that can be watched, stopped and resumed."""
