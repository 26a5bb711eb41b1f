package story;

import static story.Client.afterglow;
import static story.Client.answered;
import static story.Drafts.everyKind;
import static story.Drafts.mood;

import afterglow.ApiClient;
import afterglow.JSON;
import afterglow.api.AccountsApi;
import afterglow.api.JournalApi;
import afterglow.api.SharingApi;
import afterglow.api.SyncApi;
import afterglow.api.TrendsApi;
import afterglow.model.*;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A patient's story told through the generated client; prints what was seen as JSON. */
final class Tell {
    private static final String PASSWORD = "a quiet lake under seven birches";
    private static final Pattern CODE = Pattern.compile("^Code: (\\d{8})\\r?$", Pattern.MULTILINE);
    private static final int TRIES = 200;

    /** The code that a server in development writes into its folder of mails. */
    private static String mailedCode(Path mails, String email) throws Exception {
        for (int tries = 0; tries < TRIES; tries++) {
            try (var files = Files.newDirectoryStream(mails, "*.eml")) { // others are being written
                for (Path file : files) {
                    String text = Files.readString(file);
                    Matcher code = CODE.matcher(text);
                    if (text.contains(email) && code.find()) {
                        return code.group(1);
                    }
                }
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("no code was mailed");
    }

    /** The code of a refusal that was expected. */
    private static String codeOf(Callable<?> call) throws Exception {
        try {
            answered(call);
        } catch (Client.Refused refused) {
            return refused.problem.getCode();
        }
        throw new IllegalStateException("this was to be refused");
    }

    /** A new account; the access token of its first device. */
    private static String signUp(String origin, Path mails) throws Exception {
        String email = UUID.randomUUID().toString().substring(0, 13) + "@patients.example";
        // guide sign-up
        AccountsApi accounts = new AccountsApi(afterglow(origin, null));
        AccountDraft draft = new AccountDraft().email(email).password(PASSWORD);
        CodeRequest asked = answered(() -> accounts.registerAccount(draft));
        EmailVerification verification = new EmailVerification()
                .requestId(asked.getRequestId())
                .code(mailedCode(mails, email)) // the patient reads it from the mail
                .device(new DeviceDraft().name("Laptop").platform("java"));
        NewAccountTokens tokens = answered(() -> accounts.verifyEmail(verification));
        // end
        return tokens.getAccessToken();
    }

    // guide union
    /** What a list shows of an entry, by the class of its kind. */
    static String headline(Entry entry) {
        Object of = entry.getActualInstance();
        if (of instanceof Mood mood) return "mood " + shown(mood.getScore());
        if (of instanceof Anxiety anxiety) return "anxiety " + shown(anxiety.getLevel());
        if (of instanceof Flashback flashback) return "flashback " + flashback.getReport();
        if (of instanceof Dissociation peak) return "dissociation " + shown(peak.getIntensity());
        if (of instanceof Session session) return "session " + session.getSubstance();
        if (of instanceof Assessment form) {
            Integer total = form.getResult().getTotal(); // null where too much was skipped
            return "assessment " + form.getInstrument() + " " + (total == null ? "-" : total);
        }
        return "an entry of a kind that this app does not know";
    }
    // end

    private static String shown(double value) {
        return java.math.BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Each is saved once, however often it is sent. */
    private static List<String> writeEveryKind(ApiClient client) throws Exception {
        JournalApi journal = new JournalApi(client);
        List<String> told = new ArrayList<>();
        for (EntryDraft draft : everyKind()) {
            Entry saved = answered(() -> journal.createEntry(draft)).getEntry();
            int again = answered(() -> journal.createEntryWithHttpInfo(draft)).getStatusCode();
            if (again != 200) throw new IllegalStateException("sending again is harmless");
            told.add(headline(saved));
        }
        return told;
    }

    // guide change
    private static Mood change(JournalApi journal, UUID id, long revision, double score) throws Exception {
        MoodPatch patch = new MoodPatch().kind(MoodPatch.KindEnum.MOOD).score(score);
        String version = "\"" + revision + "\"";
        return answered(() -> journal.updateEntry(id, version, new EntryPatch(patch))).getEntry().getMood();
    }

    /** Raises the score on top of whatever another device made of the entry meanwhile. */
    static Mood merged(JournalApi journal, Mood known, double score) throws Exception {
        try {
            return change(journal, known.getId(), known.getRevision(), score);
        } catch (Client.Refused refused) { // 412: another device was faster
            if (!refused.problem.getCode().equals("precondition_failed")) throw refused;
            Mood current = answered(() -> journal.getEntry(known.getId(), null)).getMood();
            return change(journal, current.getId(), current.getRevision(), score);
        }
    }
    // end

    /** Another content under the id, and a change that rests on an old version. */
    private static List<Object> conflict(ApiClient client) throws Exception {
        JournalApi journal = new JournalApi(client);
        MoodDraft draft = mood(3);
        Mood saved = answered(() -> journal.createEntry(new EntryDraft(draft))).getEntry().getMood();
        String other = codeOf(() -> journal.createEntry(new EntryDraft(draft.score(4.0))));
        change(journal, saved.getId(), saved.getRevision(), 5);
        String stale = codeOf(() -> {
            MoodPatch patch = new MoodPatch().kind(MoodPatch.KindEnum.MOOD).score(6.0);
            return journal.updateEntry(saved.getId(), "\"" + saved.getRevision() + "\"", new EntryPatch(patch));
        });
        return List.of(other, stale, merged(journal, saved, 6).getScore());
    }

    private static SyncPushItem upsert(UUID id, MoodPatch data) {
        return new SyncPushItem().id(id).op(SyncOperation.UPSERT).data(new EntryPatch(data));
    }

    private static MoodPatch whole(MoodDraft draft, double score) {
        return new MoodPatch()
                .kind(MoodPatch.KindEnum.MOOD)
                .occurredAt(draft.getOccurredAt())
                .timeZone(draft.getTimeZone())
                .score(score);
    }

    /** A push of which each item is judged alone, and a pull to the end. */
    private static List<String> sync(ApiClient client) throws Exception {
        SyncApi syncing = new SyncApi(client);
        MoodDraft draft = mood(7);
        List<SyncPushItem> items = List.of(
                upsert(draft.getId(), whole(draft, 7)),
                upsert(draft.getId(), new MoodPatch().kind(MoodPatch.KindEnum.MOOD).score(8.0)),
                upsert(UUID.randomUUID(), whole(draft, 99)));
        // guide sync
        SyncPush push = new SyncPush().deviceId("laptop").changes(items);
        SyncResults pushed = answered(() -> syncing.pushChanges(push));
        List<SyncChange> changes = new ArrayList<>();
        SyncPage page = answered(() -> syncing.pullChanges(0L, 3, "laptop"));
        changes.addAll(page.getChanges());
        while (page.getHasMore()) {
            long cursor = page.getCursor();
            page = answered(() -> syncing.pullChanges(cursor, 3, "laptop"));
            changes.addAll(page.getChanges());
        }
        // end
        List<String> told = new ArrayList<>();
        for (SyncResult result : pushed.getResults()) {
            told.add(result.getError() == null ? result.getStatus().getValue() : result.getError().getCode());
        }
        Entry mine = changes.stream().filter(each -> each.getId().equals(draft.getId())).findFirst().get().getEntry();
        told.add(mine.getMood().getKind().getValue());
        return told;
    }

    /** How many metrics and how many days there are. */
    private static List<Integer> trends(ApiClient client) throws Exception {
        // guide trends
        TrendsApi trends = new TrendsApi(client);
        TrendSummary summary = answered(() -> trends.getTrendSummary(null, null, null));
        DailyTrend daily = answered(() -> trends.getDailyTrend(Metric.MOOD, null, null, null));
        // end
        return List.of(summary.getMetrics().size(), daily.getDays().size());
    }

    /** A link, from both sides, until it is withdrawn. */
    private static List<String> share(String origin, ApiClient client) throws Exception {
        SharingApi sharing = new SharingApi(client);
        AccountsApi accounts = new AccountsApi(client);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        ShareScope scope = new ShareScope()
                .kinds(Set.of(EntryKind.MOOD, EntryKind.SESSION))
                .from(LocalDate.of(2026, 1, 1))
                .to(today);
        ShareDraft draft = new ShareDraft()
                .id(UUID.randomUUID())
                .kind(ShareKind.PASSCODE)
                .mode(ShareMode.SNAPSHOT)
                .scope(scope);
        String early = codeOf(() -> sharing.createShare(draft));
        // guide share
        PasswordProof proof = new PasswordProof().method(PasswordProof.MethodEnum.PASSWORD).password(PASSWORD);
        answered(() -> accounts.stepUp(new ProofDraft(proof))); // else 403 step_up_required
        Share made = answered(() -> sharing.createShare(draft)); // link and passcode: by two ways
        // end
        SharingApi reader = new SharingApi(afterglow(origin, null));
        String token = tokenIn(made.getLink());
        ShareManifestRequest wrong = new ShareManifestRequest().recipient("Dr Lee").passcode("??????");
        ShareManifestRequest right = new ShareManifestRequest().recipient("Dr Lee").passcode(made.getPasscode());
        String refused = codeOf(() -> reader.openShare(token, wrong));
        ShareManifest manifest = answered(() -> reader.openShare(token, right));
        sharing.revokeShare(made.getId());
        String dead = codeOf(() -> reader.openShare(token, right));
        return List.of(early, refused, manifest.getFiles().get(0).getContentType().getValue(), dead);
    }

    /** The secret of the path, taken out of the link. */
    private static String tokenIn(String link) throws Exception {
        byte[] payload = Base64.getUrlDecoder().decode(link.substring(link.indexOf("shlink:/") + 8));
        String url = JSON.getDefault().getMapper().readTree(payload).get("url").asText();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    public static void main(String[] arguments) throws Exception {
        String origin = arguments[0];
        ApiClient client = afterglow(origin, signUp(origin, Path.of(arguments[1])));
        AccountsApi spent = new AccountsApi(afterglow(origin, "aga_spent"));
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("kinds", writeEveryKind(client));
        seen.put("conflict", conflict(client));
        seen.put("sync", sync(client));
        seen.put("trends", trends(client));
        seen.put("share", share(origin, client));
        seen.put("refused", codeOf(() -> spent.getProfile(null)));
        System.out.println(JSON.getDefault().getMapper().writeValueAsString(seen));
    }
}
