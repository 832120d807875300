package dev.plinth.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor.RequestTags;
import java.io.ByteArrayOutputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The few requests that Plinth sends, on the host's client: its credentials, transport and retries
 * (429, 5xx and lost connections are sent again with back-off, which is safe as all of them are
 * idempotent), but for no longer than a few seconds: whoever waits is to be told why. A server that
 * asks for a pause ({@code Retry-After}) gets it.
 *
 * <p>The client's own model layer is left aside on purpose: objects travel as the JSON tree they
 * were declared as, the answer tells created from changed, and a delete carries the UID it means.
 *
 * <p>All methods throw {@link KubernetesClientException}, with the server's {@link Status} if it
 * answered, and leave the thread's interrupt flag set if they end by interruption.
 */
public final class ClusterApi {

  private static final String JSON = "application/json";
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  private static final String APPLY_PATCH = "application/apply-patch+yaml";
  private static final String JSON_PATCH = "application/json-patch+json";

  /** After pauses of 0.1, 0.2, 0.4 and 0.8 s; the client's own default is ten, in 19 s. */
  private static final int MOST_RETRIES = 4;

  private static final int UNPROCESSABLE = 422;

  /** How long a request that is sent once is waited for. */
  private static final Duration LONGEST_ONCE = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final HttpClient http;
  private final long timeoutMillis;
  private final RetryAfter retryAfter = new RetryAfter();
  private final String server;
  private final String fieldManager;
  private final ObjectMapper mapper = JsonMapper.builder().build();

  /**
   * @param client the host's client; stays open
   * @param fieldManager whose writes these are
   */
  public ClusterApi(KubernetesClient client, String fieldManager) {
    this(client, fieldManager, mostRetries(client), client.getConfiguration().getRequestTimeout());
  }

  private ClusterApi(
      KubernetesClient client, String fieldManager, int mostRetries, long timeoutMillis) {
    this.client = client;
    this.http = withRetries(client, mostRetries);
    this.timeoutMillis = timeoutMillis;
    this.server = client.getMasterUrl().toString().replaceAll("/$", "");
    this.fieldManager = requireNonNull(fieldManager, "fieldManager");
  }

  /**
   * The same, except that each request is sent once and waited for 10 s at most: for whoever wants
   * to know if that works.
   */
  public ClusterApi withoutRetries() {
    return once(LONGEST_ONCE);
  }

  /** The same, except that each request is sent once and waited for so long at most. */
  public ClusterApi once(Duration longest) {
    long most = longest.toMillis();
    return new ClusterApi(
        client, fieldManager, 0, timeoutMillis > 0 ? Math.min(timeoutMillis, most) : most);
  }

  /** The same, writing as another field manager. */
  public ClusterApi as(String otherFieldManager) {
    return new ClusterApi(client, otherFieldManager, mostRetries(client), timeoutMillis);
  }

  /** Fewer if the host wants fewer. */
  private static int mostRetries(KubernetesClient client) {
    Integer wanted =
        requireNonNull(client, "client").getConfiguration().getRequestRetryBackoffLimit();
    return wanted == null || wanted < 0 ? MOST_RETRIES : Math.min(wanted, MOST_RETRIES);
  }

  private static HttpClient withRetries(KubernetesClient client, int most) {
    HttpClient http = client.getHttpClient();
    // A client that impersonates somebody says so here, and nowhere in its configuration.
    RequestConfig own = http instanceof RequestTags tags ? tags.getTag(RequestConfig.class) : null;
    RequestConfig config =
        new RequestConfigBuilder(own == null ? client.getConfiguration().getRequestConfig() : own)
            .withRequestRetryBackoffLimit(most)
            .build();
    return http.newBuilder().tag(config).build();
  }

  /** The answer to an apply: the object as it is now, and whether it is new. */
  public record Applied(ObjectNode object, boolean created) {}

  /** The field manager of all writes. */
  public String fieldManager() {
    return fieldManager;
  }

  /** Reads any path; empty if the server answers 404. */
  public Optional<ObjectNode> get(String path) {
    HttpResponse<String> response = send("GET", path, null, null);
    return response.code() == HttpURLConnection.HTTP_NOT_FOUND
        ? Optional.empty()
        : Optional.of(objectIn(response));
  }

  /**
   * Whether a path that answers with plain text, such as {@code /readyz}, answers 200.
   *
   * @throws KubernetesClientException also if the server does not accept the client's credentials
   */
  public boolean isOk(String path) {
    HttpResponse<String> response = send("GET", path, null, null);
    if (response.code() == HttpURLConnection.HTTP_UNAUTHORIZED) {
      throw refusal(response);
    }
    return response.code() == HttpURLConnection.HTTP_OK;
  }

  /**
   * Opens a watch for the sake of its end alone: what it brings is left aside.
   *
   * @param path of a collection, with parameters
   * @return completes when the watch ends, however that comes; cancelling it ends the watch
   */
  public CompletableFuture<Void> hold(String path) {
    return stream(path, JSON, bytes -> {});
  }

  /**
   * Watches what becomes of some objects, as far as their metadata tells: first each as it is, then
   * every change.
   *
   * @param path of a collection, with the parameter {@code watch} and others
   * @param events is given every event, an object's metadata in it, on a thread of the client
   * @return completes when the watch ends, however that comes; cancelling it ends the watch
   */
  public CompletableFuture<Void> watchMetadata(String path, Consumer<JsonNode> events) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    return stream(
        path,
        METADATA,
        bytes -> {
          while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
              events.accept(parse(line.toString(UTF_8)));
              line.reset();
            } else {
              line.write(next);
            }
          }
        });
  }

  private CompletableFuture<Void> stream(
      String path, String accepted, Consumer<ByteBuffer> consumer) {
    awaitPermission("GET", path);
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(server + path)
            .header("Accept", accepted)
            .method("GET", null, null)
            .forStreaming()
            .build();
    HttpResponse<AsyncBody> response =
        await(
            "GET",
            path,
            http.consumeBytes(
                    request,
                    (bytes, body) -> {
                      bytes.forEach(consumer);
                      body.consume();
                    })
                .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS));
    retryAfter.note(response);
    AsyncBody body = response.body();
    if (!response.isSuccessful()) {
      body.cancel();
      throw new KubernetesClientException(
          "GET %s: HTTP %d".formatted(path, response.code()), response.code(), null);
    }
    CompletableFuture<Void> held = new CompletableFuture<>();
    body.done().whenComplete((done, error) -> held.complete(null));
    held.whenComplete((done, cancelled) -> body.cancel());
    body.consume();
    return held;
  }

  /** Reads one object. */
  public Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
    return get(kind.path(namespace, name));
  }

  /**
   * All objects of a kind that have a label, in all namespaces.
   *
   * @throws KubernetesClientException also if the server does not have the kind (404)
   */
  public List<ObjectNode> list(ResourceKind kind, String label) {
    ObjectNode list =
        objectIn(
            send(
                "GET",
                kind.path("") + "?labelSelector=" + URLEncoder.encode(label, UTF_8),
                null,
                null));
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode item : list.path("items")) {
      // The server leaves out of the items what the list says for all of them.
      objects.add(
          ((ObjectNode) item).put("apiVersion", kind.apiVersion()).put("kind", kind.kind()));
    }
    return objects;
  }

  /** Reads of one object what its metadata tells. */
  public Optional<ObjectNode> metadata(ResourceKind kind, String namespace, String name) {
    HttpResponse<String> response = send("GET", kind.path(namespace, name), METADATA, null, null);
    return response.code() == HttpURLConnection.HTTP_NOT_FOUND
        ? Optional.empty()
        : Optional.of(objectIn(response));
  }

  /**
   * Server-side apply.
   *
   * @param body the whole declaration, with metadata.name and, for a namespaced kind,
   *     metadata.namespace
   * @param force whether fields of other managers are taken over; without it they are a conflict
   *     (409)
   */
  public Applied apply(ResourceKind kind, ObjectNode body, boolean force) {
    return apply(kind, "", body, "&force=" + force);
  }

  /** What {@link #apply} would make of the object; nothing is written. */
  public ObjectNode dryRunApply(ResourceKind kind, ObjectNode body, boolean force) {
    return apply(kind, "", body, "&force=" + force + "&dryRun=All").object();
  }

  /** Server-side apply to the status subresource, with force. */
  public Applied applyStatus(ResourceKind kind, ObjectNode body) {
    return apply(kind, "/status", body, "&force=true");
  }

  /**
   * Has fields of another manager count as applied by us; changes nothing else of the object.
   *
   * @return the object as it is now
   * @throws KubernetesClientException 409 if the object has changed since the transfer was computed
   */
  public ObjectNode transfer(
      ResourceKind kind, String namespace, String name, FieldTransfer transfer) {
    return patch(kind, namespace, name, transfer.toPatch());
  }

  /**
   * A JSON patch that begins with a test of the object's version.
   *
   * @throws KubernetesClientException 409 if a test fails
   */
  public ObjectNode patch(ResourceKind kind, String namespace, String name, ArrayNode patch) {
    try {
      return objectIn(
          send(
              "PATCH",
              kind.path(namespace, name) + "?fieldManager=" + encodedFieldManager(),
              JSON_PATCH,
              patch));
    } catch (KubernetesClientException e) {
      throw isFailedTest(e)
          ? new KubernetesClientException(
              "it has changed meanwhile", HttpURLConnection.HTTP_CONFLICT, e.getStatus())
          : e;
    }
  }

  /**
   * Creates an object that needs no ownership: an event, or a Lease.
   *
   * @return the object as it is now
   */
  public ObjectNode create(ResourceKind kind, String namespace, ObjectNode body) {
    return objectIn(
        send("POST", kind.path(namespace) + "?fieldManager=" + encodedFieldManager(), JSON, body));
  }

  /**
   * Replaces an object that needs no ownership, i.e. a Lease.
   *
   * @param body with the resourceVersion that is replaced; another one is a conflict (409)
   * @return the object as it is now
   */
  public ObjectNode replace(ResourceKind kind, String namespace, String name, ObjectNode body) {
    String path = kind.path(namespace, name) + "?fieldManager=" + encodedFieldManager();
    return objectIn(send("PUT", path, JSON, body));
  }

  /**
   * Deletes exactly the object with this UID, its dependants in the background.
   *
   * @return false if there is no such object any more
   */
  public boolean delete(ResourceKind kind, String namespace, String name, String uid) {
    HttpResponse<String> response =
        delete(kind, namespace, name, JsonNodeFactory.instance.objectNode().put("uid", uid));
    if (response.code() == HttpURLConnection.HTTP_NOT_FOUND
        || response.code() == HttpURLConnection.HTTP_CONFLICT) {
      return false;
    }
    objectIn(response);
    return true;
  }

  /**
   * Deletes exactly this version of an object, its dependants in the background: a request that is
   * late does nothing if somebody has written since. Another version, or another UID, is a conflict
   * (409).
   *
   * @return false if there is no object of that name
   */
  public boolean delete(
      ResourceKind kind, String namespace, String name, String uid, String resourceVersion) {
    HttpResponse<String> response =
        delete(
            kind,
            namespace,
            name,
            JsonNodeFactory.instance
                .objectNode()
                .put("uid", uid)
                .put("resourceVersion", resourceVersion));
    if (response.code() == HttpURLConnection.HTTP_NOT_FOUND) {
      return false;
    }
    objectIn(response);
    return true;
  }

  private HttpResponse<String> delete(
      ResourceKind kind, String namespace, String name, ObjectNode preconditions) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background").set("preconditions", preconditions);
    return send("DELETE", kind.path(namespace, name), JSON, options);
  }

  private Applied apply(ResourceKind kind, String subresource, ObjectNode body, String options) {
    JsonNode metadata = body.path("metadata");
    String path =
        kind.path(metadata.path("namespace").asText(""), metadata.path("name").asText())
            + subresource
            + "?fieldManager="
            + encodedFieldManager()
            + options;
    HttpResponse<String> response = send("PATCH", path, APPLY_PATCH, body);
    return new Applied(objectIn(response), response.code() == HttpURLConnection.HTTP_CREATED);
  }

  private String encodedFieldManager() {
    return URLEncoder.encode(fieldManager, UTF_8);
  }

  /** The server answers a test that fails as it does what it cannot process. */
  private static boolean isFailedTest(KubernetesClientException e) {
    return e.getCode() == UNPROCESSABLE
        && (e.getStatus() == null
            || e.getStatus().getDetails() == null
            || e.getStatus().getDetails().getCauses() == null
            || e.getStatus().getDetails().getCauses().isEmpty());
  }

  private HttpResponse<String> send(String method, String path, String contentType, JsonNode body) {
    return send(method, path, "*/*", contentType, body);
  }

  private HttpResponse<String> send(
      String method, String path, String accepted, String contentType, JsonNode body) {
    awaitPermission(method, path);
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(server + path)
            .header("Accept", accepted)
            .method(method, contentType, body == null ? null : body.toString())
            .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
            .build();
    HttpResponse<String> response = await(method, path, http.sendAsync(request, String.class));
    retryAfter.note(response);
    return response;
  }

  private void awaitPermission(String method, String path) {
    try {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      retryAfter.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(method, path);
    }
  }

  private static <T> T await(String method, String path, CompletableFuture<T> response) {
    try {
      return response.get();
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw interrupted(method, path);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KubernetesClientException refused) {
        throw refused.copyAsCause();
      }
      throw new KubernetesClientException(
          "%s %s: %s".formatted(method, path, e.getCause()), e.getCause());
    }
  }

  private static KubernetesClientException interrupted(String method, String path) {
    return new KubernetesClientException(
        "interrupted", new InterruptedIOException(method + " " + path));
  }

  private ObjectNode objectIn(HttpResponse<String> response) {
    if (response.isSuccessful() && parse(response) instanceof ObjectNode object) {
      return object;
    }
    throw refusal(response);
  }

  private KubernetesClientException refusal(HttpResponse<String> response) {
    JsonNode body = parse(response);
    Status status =
        statusIn(body).orElseGet(() -> new StatusBuilder().withCode(response.code()).build());
    if (status.getMessage() == null) {
      status.setMessage("HTTP " + response.code());
    }
    return new KubernetesClientException(status.getMessage(), response.code(), status);
  }

  private Optional<Status> statusIn(JsonNode body) {
    try {
      return body.path("kind").asText().equals("Status")
          ? Optional.of(mapper.convertValue(body, Status.class))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      // No API server's: something in between answers what only looks like a status.
      return Optional.empty();
    }
  }

  private JsonNode parse(HttpResponse<String> response) {
    return parse(response.body());
  }

  private JsonNode parse(String text) {
    try {
      return mapper.readTree(text);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // A proxy's page, or an answer cut short: told by its code; the text may hold anything.
      return JsonNodeFactory.instance.missingNode();
    }
  }
}
