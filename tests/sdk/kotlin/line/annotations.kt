package retrofit2.http

@Retention(AnnotationRetention.RUNTIME)
annotation class GET(val value: String)

@Retention(AnnotationRetention.RUNTIME)
annotation class POST(val value: String)

@Retention(AnnotationRetention.RUNTIME)
annotation class PUT(val value: String)

@Retention(AnnotationRetention.RUNTIME)
annotation class PATCH(val value: String)

@Retention(AnnotationRetention.RUNTIME)
annotation class DELETE(val value: String)

@Retention(AnnotationRetention.RUNTIME)
annotation class Body

@Retention(AnnotationRetention.RUNTIME)
annotation class Path(val value: String)

@Retention(AnnotationRetention.RUNTIME)
annotation class Query(val value: String)

@Retention(AnnotationRetention.RUNTIME)
annotation class Header(val value: String)
