/** What an app writes around the generated client: who is asking, and answers or problems. */
package story

// guide client
import afterglow.infrastructure.ApiClient
import afterglow.infrastructure.Serializer
import afterglow.models.Problem
import retrofit2.Response

/** A refusal of the server; programs read `problem.code`. */
class Refused(val problem: Problem) : Exception(problem.code)

/** Once, before anything else: what is absent stays absent, and is not sent as null. */
fun prepare() {
    Serializer.kotlinxSerializationJsonConfiguration = { encodeDefaults = false }
}

/** A client of a signed-in device, or of a stranger. */
fun afterglow(origin: String, accessToken: String? = null): ApiClient =
    if (accessToken == null) ApiClient(origin) else ApiClient(origin, null, "accessToken", accessToken)

/** The answer, or the problem thrown. */
fun <T> answered(response: Response<T>): T =
    if (response.isSuccessful) response.body()!! else throw Refused(problemOf(response))

fun problemOf(response: Response<*>): Problem =
    Serializer.kotlinxSerializationJson.decodeFromString(response.errorBody()!!.string())
// end
