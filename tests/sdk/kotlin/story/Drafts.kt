/** New entries of each kind, in the order in which they may be sent. */
package story

import afterglow.models.AnxietyDraft
import afterglow.models.AssessmentAnswer
import afterglow.models.AssessmentDraft
import afterglow.models.DissociationDraft
import afterglow.models.EntryDraft
import afterglow.models.FlashbackDraft
import afterglow.models.FlashbackReport
import afterglow.models.FlashbackTrigger
import afterglow.models.Instrument
import afterglow.models.MoodDraft
import afterglow.models.Route
import afterglow.models.SessionDraft
import afterglow.models.SessionStatus
import afterglow.models.SomaticSign
import afterglow.models.Substance
import java.time.OffsetDateTime
import java.time.ZoneOffset
import java.time.temporal.ChronoUnit.SECONDS
import java.util.UUID

const val ITEMS = 9
const val ZONE = "UTC"

/** An instant, with the offset of the zone that the entries name. */
fun hoursAgo(hours: Long): OffsetDateTime =
    OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(SECONDS).minusHours(hours)

/** A mood of an hour ago. */
fun mood(score: Double) = MoodDraft(
    id = UUID.randomUUID(),
    kind = MoodDraft.Kind.mood,
    occurredAt = hoursAgo(1),
    timeZone = ZONE,
    score = score,
)

/** Drafts of all six kinds; the dissociation belongs to the session, the last has no score. */
fun everyKind(): List<EntryDraft> {
    val session = SessionDraft(
        id = UUID.randomUUID(),
        kind = SessionDraft.Kind.session,
        occurredAt = hoursAgo(6),
        timeZone = ZONE,
        status = SessionStatus.completed,
        substance = Substance.ketamine_racemic,
        route = Route.iv_infusion,
        doseMg = 41.0,
        infusionMinutes = 40,
    )
    val anxiety = AnxietyDraft(
        id = UUID.randomUUID(),
        kind = AnxietyDraft.Kind.anxiety,
        occurredAt = hoursAgo(2),
        timeZone = ZONE,
        level = 4.5,
        somatic = setOf(SomaticSign.heart),
    )
    val flashback = FlashbackDraft(
        id = UUID.randomUUID(),
        kind = FlashbackDraft.Kind.flashback,
        occurredAt = hoursAgo(3),
        timeZone = ZONE,
        report = FlashbackReport.episode,
        distress = 6.5,
        trigger = setOf(FlashbackTrigger.media),
    )
    val dissociation = DissociationDraft(
        id = UUID.randomUUID(),
        kind = DissociationDraft.Kind.dissociation,
        occurredAt = hoursAgo(5),
        timeZone = ZONE,
        intensity = 7.0,
        sessionId = session.id,
    )
    return listOf(
        EntryDraft.SessionWrapper(session),
        EntryDraft.MoodWrapper(mood(6.5)),
        EntryDraft.AnxietyWrapper(anxiety),
        EntryDraft.FlashbackWrapper(flashback),
        EntryDraft.DissociationWrapper(dissociation),
        EntryDraft.AssessmentWrapper(questionnaire(2, 1, 3, 2, 0, 1, 1, 0, 0)),
        EntryDraft.AssessmentWrapper(questionnaire(2, 1, 3)),
    )
}

/** A PHQ-9 with these answers; the items behind them are skipped. */
fun questionnaire(vararg values: Int) = AssessmentDraft(
    id = UUID.randomUUID(),
    kind = AssessmentDraft.Kind.assessment,
    occurredAt = hoursAgo(4),
    timeZone = ZONE,
    instrument = Instrument.phqMinus9,
    answers = (1..ITEMS).map { AssessmentAnswer(it, values.getOrNull(it - 1)) },
)
