package jakarta.annotation;

/** Stands in for the annotation that an app takes from its package. */
public @interface Nullable {}
