package retrofit2.converter.scalars

import retrofit2.Converter

class ScalarsConverterFactory private constructor() : Converter.Factory() {
    companion object {
        fun create() = ScalarsConverterFactory()
    }
}
