/**
 * Stands in for Retrofit and OkHttp, which neither PyPI, npm nor Debian carries in these versions.
 *
 * It reads the same annotations of the generated interfaces, writes and reads bodies with the
 * converter that the generated ApiClient hands over, lets its interceptors sign the request, and
 * speaks by the HTTP client of the JDK. What it does not know of Retrofit, the client does not use.
 */
package retrofit2

import java.lang.reflect.Method
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Proxy
import java.lang.reflect.Type
import java.lang.reflect.WildcardType
import java.net.URI
import java.net.URLEncoder
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.text.Charsets.UTF_8
import kotlinx.serialization.json.Json
import kotlinx.serialization.serializer
import okhttp3.Call
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.ResponseBody
import retrofit2.converter.kotlinx.serialization.JsonFactory
import retrofit2.http.Body
import retrofit2.http.DELETE
import retrofit2.http.GET
import retrofit2.http.Header
import retrofit2.http.PATCH
import retrofit2.http.POST
import retrofit2.http.PUT
import retrofit2.http.Path
import retrofit2.http.Query

interface Converter {
    abstract class Factory
}

interface CallAdapter {
    abstract class Factory
}

class Response<T>(private val code: Int, private val body: T?, private val error: ResponseBody?) {
    val isSuccessful: Boolean get() = code in 200..299

    fun code(): Int = code

    fun body(): T? = body

    fun errorBody(): ResponseBody? = error
}

class Retrofit(private val origin: String, private val client: OkHttpClient, private val json: Json) {
    class Builder {
        private var origin = ""
        private lateinit var json: Json
        private lateinit var client: OkHttpClient

        fun baseUrl(url: String) = apply { origin = url }

        @Suppress("UNUSED_PARAMETER")
        fun addCallAdapterFactory(factory: CallAdapter.Factory) = this

        fun addConverterFactory(factory: Converter.Factory) = apply {
            if (factory is JsonFactory) json = factory.json
        }

        fun callFactory(factory: Call.Factory) = apply { client = factory as OkHttpClient }

        fun build() = Retrofit(origin, client, json)
    }

    fun <S> create(service: Class<S>): S {
        val answer = { _: Any?, method: Method, values: Array<Any?> -> send(method, values) }
        return service.cast(Proxy.newProxyInstance(service.classLoader, arrayOf(service), answer))
    }

    private fun send(method: Method, values: Array<Any?>): Response<Any?> {
        var (verb, path) = verbAndPath(method)
        val query = mutableListOf<String>()
        val headers = mutableMapOf<String, String>()
        var body: String? = null
        for ((at, annotations) in method.parameterAnnotations.withIndex()) {
            val value = values[at] ?: continue
            when (val of = annotations.firstOrNull()) {
                is Path -> path = path.replace("{${of.value}}", encoded(value))
                is Query -> many(value).mapTo(query) { "${of.value}=${encoded(it)}" }
                is Header -> headers[of.value] = value.toString()
                is Body -> body = json.encodeToString(serializer(method.genericParameterTypes[at]), value)
            }
        }
        val asked = listOf(path, query.joinToString("&")).filter { it.isNotEmpty() }.joinToString("?")
        return received(exchange(verb, asked, headers, body), answerOf(method))
    }

    private fun exchange(verb: String, path: String, headers: Map<String, String>, body: String?): HttpResponse<String> {
        val request = HttpRequest.newBuilder(URI(origin + path))
        val signed = client.interceptors.fold(Request(headers)) { so, each -> each.intercept(Chain(so)).request }
        signed.all().forEach { (name, value) -> request.header(name, value) }
        if (body != null) request.header("Content-Type", "application/json")
        val sent = body?.let(HttpRequest.BodyPublishers::ofString) ?: HttpRequest.BodyPublishers.noBody()
        return HTTP.send(request.method(verb, sent).build(), HttpResponse.BodyHandlers.ofString())
    }

    private fun received(answer: HttpResponse<String>, type: Type): Response<Any?> {
        val (code, text) = answer.statusCode() to answer.body()
        return when {
            code !in 200..299 -> Response(code, null, ResponseBody(text))
            type == Unit::class.java -> Response(code, Unit, null)
            else -> Response(code, json.decodeFromString(json.serializersModule.serializer(type), text), null)
        }
    }

    private class Chain(private val request: Request) : Interceptor.Chain {
        override fun request() = request

        override fun proceed(request: Request) = okhttp3.Response(request)
    }

    private companion object {
        val HTTP: HttpClient = HttpClient.newHttpClient()

        fun encoded(value: Any): String = URLEncoder.encode(value.toString(), UTF_8).replace("+", "%20")

        fun many(value: Any): Iterable<Any> = if (value is Iterable<*>) value.filterNotNull() else listOf(value)

        fun verbAndPath(method: Method): Pair<String, String> = method.annotations.firstNotNullOf {
            when (it) {
                is GET -> "GET" to it.value
                is POST -> "POST" to it.value
                is PUT -> "PUT" to it.value
                is PATCH -> "PATCH" to it.value
                is DELETE -> "DELETE" to it.value
                else -> null
            }
        }

        /** X of `suspend fun …(): Response<X>`, which the JVM sees as `Continuation<? super Response<X>>`. */
        fun answerOf(method: Method): Type {
            val continuation = method.genericParameterTypes.last() as ParameterizedType
            val response = (continuation.actualTypeArguments[0] as WildcardType).lowerBounds[0]
            return (response as ParameterizedType).actualTypeArguments[0]
        }
    }
}
