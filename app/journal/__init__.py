"""The journal: one sealed, versioned log of typed entries per patient."""
