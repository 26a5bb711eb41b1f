/** A patient's story told through the generated client; prints what was seen as JSON. */
package story

import afterglow.apis.AccountsApi
import afterglow.apis.JournalApi
import afterglow.apis.SharingApi
import afterglow.apis.SyncApi
import afterglow.apis.TrendsApi
import afterglow.infrastructure.ApiClient
import afterglow.infrastructure.Serializer
import afterglow.models.AccountDraft
import afterglow.models.DeviceDraft
import afterglow.models.EmailVerification
import afterglow.models.Emotion
import afterglow.models.Entry
import afterglow.models.EntryDraft
import afterglow.models.EntryKind
import afterglow.models.EntryPatch
import afterglow.models.Metric
import afterglow.models.MoodPatch
import afterglow.models.PasswordProof
import afterglow.models.ProofDraft
import afterglow.models.SavedEntry
import afterglow.models.ShareDraft
import afterglow.models.ShareKind
import afterglow.models.ShareManifestRequest
import afterglow.models.ShareMode
import afterglow.models.ShareScope
import afterglow.models.SyncChange
import afterglow.models.SyncOperation
import afterglow.models.SyncPush
import afterglow.models.SyncPushItem
import java.io.File
import java.time.LocalDate
import java.time.ZoneOffset
import java.util.Base64
import java.util.UUID
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

const val PASSWORD = "a quiet lake under seven birches"
const val TRIES = 200
const val PAUSE_MILLISECONDS = 50L
val CODE = Regex("""^Code: (\d{8})\r?$""", RegexOption.MULTILINE)

/** The code that a server in development writes into its folder of mails. */
fun mailedCode(mails: File, email: String): String {
    repeat(TRIES) {
        val whole = mails.listFiles { file -> file.extension == "eml" } // others are being written
        for (text in whole.orEmpty().map(File::readText)) {
            if (email in text) CODE.find(text)?.let { return it.groupValues[1] }
        }
        Thread.sleep(PAUSE_MILLISECONDS)
    }
    error("no code was mailed")
}

/** A new account; the access token of its first device. */
suspend fun signUp(origin: String, mails: File): String {
    val email = "${UUID.randomUUID().toString().take(13)}@patients.example"
    // guide sign-up
    val accounts = afterglow(origin).createService(AccountsApi::class.java)
    val asked = answered(accounts.registerAccount(AccountDraft(email, PASSWORD)))
    val verification = EmailVerification(
        requestId = asked.requestId,
        code = mailedCode(mails, email), // the patient reads it from the mail
        device = DeviceDraft(name = "Phone", platform = "android"),
    )
    val tokens = answered(accounts.verifyEmail(verification))
    // end
    return tokens.accessToken
}

// guide union
/** What a list shows of an entry: the compiler knows the members of each kind. */
fun headline(entry: Entry): String = when (entry) {
    is Entry.MoodWrapper -> "mood ${shown(entry.value.score)}"
    is Entry.AnxietyWrapper -> "anxiety ${shown(entry.value.level)}"
    is Entry.FlashbackWrapper -> "flashback ${entry.value.report}"
    is Entry.DissociationWrapper -> "dissociation ${shown(entry.value.intensity)}"
    is Entry.SessionWrapper -> "session ${entry.value.substance}"
    is Entry.AssessmentWrapper -> "assessment ${entry.value.instrument} ${entry.value.result.total ?: "-"}"
}
// end

fun shown(value: Double): String = value.toBigDecimal().stripTrailingZeros().toPlainString()

/** Each is saved once, however often it is sent, and its text is the same there and back. */
suspend fun writeEveryKind(client: ApiClient): List<String> {
    val journal = client.createService(JournalApi::class.java)
    val json = Serializer.kotlinxSerializationJson
    return everyKind().map { draft ->
        val saved = answered(journal.createEntry(draft)).entry
        check(journal.createEntry(draft).code() == 200)
        val read = json.encodeToJsonElement(Entry.serializer(), saved).jsonObject
        check(json.decodeFromJsonElement(Entry.serializer(), read) == saved)
        val sent = json.encodeToJsonElement(EntryDraft.serializer(), draft).jsonObject
        check(json.decodeFromJsonElement(EntryDraft.serializer(), sent) == draft)
        check(read["kind"] == sent["kind"] && read["id"] == sent["id"])
        headline(saved)
    }
}

/** A newer server may know more feelings than this client: the rest of the entry is still read. */
fun readOfANewerServer(): Emotion {
    val newer = """{"kind":"mood","score":6,"emotions":["wistful"],"revision":1,"id":"${UUID.randomUUID()}",
        "occurred_at":"2026-03-14T08:10:00Z","time_zone":"UTC","created_at":"2026-03-14T08:10:00Z",
        "updated_at":"2026-03-14T08:10:00Z","source":"self","scope":"now","local_date":"2026-03-14",
        "retrospective":false,"better":"unheard of"}"""
    val read = Serializer.kotlinxSerializationJson.decodeFromString<Entry>(newer) as Entry.MoodWrapper
    return read.value.emotions!!.single()
}

/** Another content under the id, and a change that rests on an old version. */
suspend fun conflict(client: ApiClient): List<JsonElement> {
    val journal = client.createService(JournalApi::class.java)
    val draft = mood(3.0)
    val saved = (answered(journal.createEntry(EntryDraft.MoodWrapper(draft))).entry as Entry.MoodWrapper).value
    val other = journal.createEntry(EntryDraft.MoodWrapper(draft.copy(score = 4.0)))
    // guide change
    suspend fun change(revision: Long, score: Double): SavedEntry {
        val patch = MoodPatch(kind = MoodPatch.Kind.mood, score = score)
        return answered(journal.updateEntry(saved.id, "\"$revision\"", EntryPatch.MoodWrapper(patch)))
    }

    change(saved.revision, 5.0)
    val merged = try {
        change(saved.revision, 6.0)
    } catch (refused: Refused) { // 412: another device was faster
        check(refused.problem.code == "precondition_failed")
        val current = answered(journal.getEntry(saved.id)) as Entry.MoodWrapper
        change(current.value.revision, 6.0)
    }
    // end
    val score = (merged.entry as Entry.MoodWrapper).value.score
    return listOf(JsonPrimitive(problemOf(other).code), JsonPrimitive("precondition_failed"), JsonPrimitive(score))
}

/** A push of which each item is judged alone, and a pull to the end. */
suspend fun sync(client: ApiClient): List<JsonElement> {
    val syncing = client.createService(SyncApi::class.java)
    val draft = mood(7.0)
    val whole = MoodPatch(
        kind = MoodPatch.Kind.mood,
        occurredAt = draft.occurredAt,
        timeZone = draft.timeZone,
        score = draft.score,
    )
    val items = listOf(
        draft.id to whole,
        draft.id to MoodPatch(kind = MoodPatch.Kind.mood, score = 8.0),
        UUID.randomUUID() to whole.copy(score = 99.0),
    ).map { (id, data) -> SyncPushItem(id, SyncOperation.upsert, data = EntryPatch.MoodWrapper(data)) }
    // guide sync
    val pushed = answered(syncing.pushChanges(SyncPush(changes = items, deviceId = "phone")))
    val changes = mutableListOf<SyncChange>()
    var cursor = 0L
    do {
        val page = answered(syncing.pullChanges(cursor = cursor, limit = 3, deviceId = "phone"))
        changes += page.changes
        cursor = page.cursor
    } while (page.hasMore)
    // end
    val mine = changes.first { it.id == draft.id }.entry as Entry.MoodWrapper
    return pushed.results.map { JsonPrimitive(it.error?.code ?: it.status.value) } +
        JsonPrimitive(mine.value.kind.value)
}

/** How many metrics and how many days there are. */
suspend fun trends(client: ApiClient): List<JsonElement> {
    // guide trends
    val trends = client.createService(TrendsApi::class.java)
    val summary = answered(trends.getTrendSummary())
    val daily = answered(trends.getDailyTrend(Metric.mood))
    // end
    return listOf(JsonPrimitive(summary.metrics.size), JsonPrimitive(daily.days.size))
}

/** A link, from both sides, until it is withdrawn. */
suspend fun share(origin: String, client: ApiClient): List<JsonElement> {
    val accounts = client.createService(AccountsApi::class.java)
    val sharing = client.createService(SharingApi::class.java)
    val today = LocalDate.now(ZoneOffset.UTC)
    // guide share
    val draft = ShareDraft(
        id = UUID.randomUUID(),
        kind = ShareKind.passcode,
        mode = ShareMode.snapshot,
        scope = ShareScope(
            kinds = setOf(EntryKind.mood, EntryKind.session),
            from = LocalDate.of(2026, 1, 1),
            to = today,
        ),
    )
    val early = sharing.createShare(draft)
    if (!early.isSuccessful && problemOf(early).code == "step_up_required") {
        val proof = PasswordProof(PasswordProof.Method.password, PASSWORD)
        answered(accounts.stepUp(ProofDraft.PasswordWrapper(proof)))
    }
    val made = answered(sharing.createShare(draft)) // link and passcode: give them by two ways
    // end
    val reader = afterglow(origin).createService(SharingApi::class.java)
    val token = tokenIn(made.link!!)
    val wrong = reader.openShare(token, ShareManifestRequest("Dr Lee", passcode = "??????"))
    val right = ShareManifestRequest("Dr Lee", passcode = made.passcode)
    val manifest = answered(reader.openShare(token, right))
    answered(sharing.revokeShare(made.id))
    val dead = reader.openShare(token, right)
    val type = manifest.files[0].contentType.value
    return listOf(problemOf(early).code, problemOf(wrong).code, type, problemOf(dead).code).map(::JsonPrimitive)
}

/** The secret of the path, taken out of the link. */
fun tokenIn(link: String): String {
    val payload = String(Base64.getUrlDecoder().decode(link.substringAfter("shlink:/")))
    val url = Serializer.kotlinxSerializationJson.parseToJsonElement(payload).jsonObject["url"]!!
    return url.jsonPrimitive.content.substringAfterLast("/")
}

fun main(arguments: Array<String>) = runBlocking {
    val (origin, mails) = arguments
    prepare()
    check(readOfANewerServer() == Emotion.unknown_default_open_api)
    val client = afterglow(origin, signUp(origin, File(mails)))
    val stranger = afterglow(origin, "aga_spent").createService(AccountsApi::class.java)
    val seen = mapOf(
        "kinds" to JsonArray(writeEveryKind(client).map(::JsonPrimitive)),
        "conflict" to JsonArray(conflict(client)),
        "sync" to JsonArray(sync(client)),
        "trends" to JsonArray(trends(client)),
        "share" to JsonArray(share(origin, client)),
        "refused" to JsonPrimitive(problemOf(stranger.getProfile()).code),
    )
    println(JsonObject(seen))
}
