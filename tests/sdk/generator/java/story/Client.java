package story;

// guide client
import afterglow.ApiClient;
import afterglow.ApiException;
import afterglow.JSON;
import afterglow.model.Problem;
import java.util.concurrent.Callable;

/** What an app writes around the generated client: who is asking, and answers or problems. */
final class Client {
    /** A refusal of the server; programs read `problem.getCode()`. */
    static final class Refused extends RuntimeException {
        final Problem problem;

        Refused(Problem problem) {
            super(problem.getCode());
            this.problem = problem;
        }
    }

    /** A client of a signed-in device, or of a stranger where the token is null. */
    static ApiClient afterglow(String origin, String accessToken) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(origin);
        if (accessToken != null) {
            client.setRequestInterceptor(ask -> ask.header("Authorization", "Bearer " + accessToken));
        }
        return client;
    }

    /** The answer, or the problem thrown. */
    static <T> T answered(Callable<T> call) throws Exception {
        try {
            return call.call();
        } catch (ApiException refused) {
            if (refused.getResponseBody() == null) {
                throw refused; // no answer came
            }
            throw new Refused(JSON.getDefault().getMapper().readValue(refused.getResponseBody(), Problem.class));
        }
    }
}
// end
