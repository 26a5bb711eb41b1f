package jakarta.annotation;

/** Stands in for the annotation that an app takes from its package. */
public @interface Generated {
    String[] value() default {};

    String date() default "";

    String comments() default "";
}
