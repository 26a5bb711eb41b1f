"""A replica beside the primary: asked where it has everything, and never believed else."""
