package retrofit2.converter.kotlinx.serialization

import kotlinx.serialization.json.Json
import okhttp3.MediaType
import retrofit2.Converter

class JsonFactory(val json: Json) : Converter.Factory()

@Suppress("UNUSED_PARAMETER")
fun Json.asConverterFactory(contentType: MediaType): Converter.Factory = JsonFactory(this)
