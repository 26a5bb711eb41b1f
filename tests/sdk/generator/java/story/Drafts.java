package story;

import afterglow.model.AnxietyDraft;
import afterglow.model.AssessmentAnswer;
import afterglow.model.AssessmentDraft;
import afterglow.model.DissociationDraft;
import afterglow.model.EntryDraft;
import afterglow.model.FlashbackDraft;
import afterglow.model.FlashbackReport;
import afterglow.model.FlashbackTrigger;
import afterglow.model.Instrument;
import afterglow.model.MoodDraft;
import afterglow.model.Route;
import afterglow.model.SessionDraft;
import afterglow.model.SessionStatus;
import afterglow.model.SomaticSign;
import afterglow.model.Substance;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/** New entries of each kind, in the order in which they may be sent. */
final class Drafts {
    static final String ZONE = "UTC";
    private static final int ITEMS = 9;

    /** An instant, with the offset of the zone that the entries name. */
    static OffsetDateTime hoursAgo(int hours) {
        return OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).minusHours(hours);
    }

    /** A mood of an hour ago. */
    static MoodDraft mood(double score) {
        return new MoodDraft()
                .id(UUID.randomUUID())
                .kind(MoodDraft.KindEnum.MOOD)
                .occurredAt(hoursAgo(1))
                .timeZone(ZONE)
                .score(score);
    }

    /** Drafts of all six kinds; the dissociation belongs to the session, the last has no score. */
    static List<EntryDraft> everyKind() {
        SessionDraft session = new SessionDraft()
                .id(UUID.randomUUID())
                .kind(SessionDraft.KindEnum.SESSION)
                .occurredAt(hoursAgo(6))
                .timeZone(ZONE)
                .status(SessionStatus.COMPLETED)
                .substance(Substance.KETAMINE_RACEMIC)
                .route(Route.IV_INFUSION)
                .doseMg(41.0)
                .infusionMinutes(40);
        AnxietyDraft anxiety = new AnxietyDraft()
                .id(UUID.randomUUID())
                .kind(AnxietyDraft.KindEnum.ANXIETY)
                .occurredAt(hoursAgo(2))
                .timeZone(ZONE)
                .level(4.5)
                .addSomaticItem(SomaticSign.HEART);
        FlashbackDraft flashback = new FlashbackDraft()
                .id(UUID.randomUUID())
                .kind(FlashbackDraft.KindEnum.FLASHBACK)
                .occurredAt(hoursAgo(3))
                .timeZone(ZONE)
                .report(FlashbackReport.EPISODE)
                .distress(6.5)
                .addTriggerItem(FlashbackTrigger.MEDIA);
        DissociationDraft dissociation = new DissociationDraft()
                .id(UUID.randomUUID())
                .kind(DissociationDraft.KindEnum.DISSOCIATION)
                .occurredAt(hoursAgo(5))
                .timeZone(ZONE)
                .intensity(7.0)
                .sessionId(session.getId());
        return List.of(
                new EntryDraft(session),
                new EntryDraft(mood(6.5)),
                new EntryDraft(anxiety),
                new EntryDraft(flashback),
                new EntryDraft(dissociation),
                new EntryDraft(questionnaire(2, 1, 3, 2, 0, 1, 1, 0, 0)),
                new EntryDraft(questionnaire(2, 1, 3)));
    }

    /** A PHQ-9 with these answers; the items behind them are skipped. */
    private static AssessmentDraft questionnaire(int... values) {
        AssessmentDraft draft = new AssessmentDraft()
                .id(UUID.randomUUID())
                .kind(AssessmentDraft.KindEnum.ASSESSMENT)
                .occurredAt(hoursAgo(4))
                .timeZone(ZONE)
                .instrument(Instrument.PHQ_9);
        for (int at = 0; at < ITEMS; at++) {
            draft.addAnswersItem(new AssessmentAnswer().item(at + 1).value(at < values.length ? values[at] : null));
        }
        return draft;
    }
}
