/** The few parts of OkHttp that the generated client names, with its signatures: see retrofit2.kt. */
package okhttp3

class Request(private val headers: Map<String, String> = emptyMap()) {
    fun header(name: String): String? = headers[name]

    fun newBuilder() = Builder(headers)

    fun all(): Map<String, String> = headers

    class Builder(private var headers: Map<String, String>) {
        fun addHeader(name: String, value: String) = apply { headers = headers + (name to value) }

        fun build() = Request(headers)
    }
}

class Response(val request: Request)

abstract class RequestBody

class ResponseBody(private val text: String) {
    fun string(): String = text
}

interface Call {
    interface Factory
}

interface Interceptor {
    fun intercept(chain: Chain): Response

    interface Chain {
        fun request(): Request

        fun proceed(request: Request): Response
    }
}

class OkHttpClient(val interceptors: List<Interceptor> = emptyList()) : Call.Factory {
    fun newBuilder() = Builder()

    class Builder {
        private val interceptors = mutableListOf<Interceptor>()

        fun addInterceptor(interceptor: Interceptor) = apply { interceptors += interceptor }

        fun build() = OkHttpClient(interceptors)
    }
}

class MediaType private constructor() {
    companion object {
        fun String.toMediaType(): MediaType = MediaType()
    }
}
