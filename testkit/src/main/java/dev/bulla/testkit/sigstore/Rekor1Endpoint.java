package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoFields;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Rekor v1 over HTTP. Source: Rekor's {@code openapi.yaml}. */
final class Rekor1Endpoint implements Endpoint {

  private static final String ENTRIES = "/api/v1/log/entries";
  private static final int MAX_ASKED = 10;

  private final VirtualSigstore sigstore;
  private final VirtualRekor1 log;
  private final Map<String, List<String>> index = new ConcurrentHashMap<>();

  Rekor1Endpoint(VirtualSigstore sigstore) {
    this.sigstore = sigstore;
    this.log = sigstore.rekor1();
  }

  @Override
  public WireResponse answer(WireRequest request, Bytes body)
      throws Refused, MalformedInputException {
    String path = request.path();
    if (request.method().equals("GET")) {
      if (path.startsWith(ENTRIES + "/")) {
        return found(log.byUuid(path.substring(ENTRIES.length() + 1)));
      }
      return switch (path) {
        case ENTRIES -> found(log.byLogIndex(number(request, "logIndex")));
        case "/api/v1/log" -> Endpoint.json(200, info());
        case "/api/v1/log/publicKey" ->
            Endpoint.bytes("application/x-pem-file", Bytes.utf8(log.key().publicPem()));
        case "/api/v1/log/proof" -> proof(request);
        default -> throw Endpoint.notFound();
      };
    }
    return switch (request.method() + " " + path) {
      case "POST " + ENTRIES -> create(Endpoint.body(request, body, "entry"));
      case "POST " + ENTRIES + "/retrieve" -> retrieve(Endpoint.body(request, body, "search"));
      case "POST /api/v1/index/retrieve" -> search(Endpoint.body(request, body, "search"));
      default -> throw Endpoint.notFound();
    };
  }

  private synchronized WireResponse create(JsonObject json)
      throws Refused, MalformedInputException {
    Rekor1Proposal proposal = Rekor1Proposal.parse(json);
    String uuid = HexText.encode(MerkleTree.leafHash(proposal.body()));
    String id = log.entryId(uuid);
    if (log.byUuid(uuid).isPresent()) {
      throw new Refused(
          409, "an equivalent entry already exists in the transparency log", ENTRIES + "/" + id);
    }
    VirtualEntry entry =
        log.add(proposal.kind(), proposal.version(), proposal.body(), sigstore.now());
    for (String key : proposal.keys()) {
      index.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(id);
    }
    return Endpoint.json(201, named(entry))
        // not in quotation marks, as the real one: clients take the whole value for the id
        .with("ETag", id)
        .with("Location", ENTRIES + "/" + id);
  }

  private JsonObject named(VirtualEntry entry) {
    return JsonObject.builder().put(log.entryId(entry.uuid()), entry.rekor1Json()).build();
  }

  private WireResponse found(Optional<VirtualEntry> entry) throws Refused {
    return Endpoint.json(200, named(entry.orElseThrow(() -> new Refused(404, "entry not found"))));
  }

  private static long number(WireRequest request, String name) throws Refused {
    String text = request.query(name).orElse("");
    if (!text.matches("[0-9]{1,18}")) {
      throw new Refused(422, name + " in query is required");
    }
    return Long.parseLong(text);
  }

  private JsonObject info() {
    return JsonObject.builder()
        .put("inactiveShards", JsonArray.EMPTY)
        .put("rootHash", HexText.encode(log.rootHash()))
        .put("signedTreeHead", log.checkpoint())
        .put("treeID", Long.toString(log.treeId()))
        .put("treeSize", log.size())
        .build();
  }

  private WireResponse proof(WireRequest request) throws Refused {
    long first = request.query("firstSize").isPresent() ? number(request, "firstSize") : 1;
    long last = number(request, "lastSize");
    if (first < 1 || first > last || last > log.size()) {
      throw new Refused(400, "no such sizes");
    }
    return Endpoint.json(
        200,
        JsonObject.builder()
            .put("rootHash", HexText.encode(log.rootHash()))
            .put(
                "hashes",
                JsonArray.of(
                    log.consistency((int) first, (int) last).stream()
                        .map(h -> new JsonString(HexText.encode(h)))
                        .toList()))
            .build());
  }

  private WireResponse retrieve(JsonObject json) throws Refused, MalformedInputException {
    ProtoFields fields = ProtoFields.of(json, "search");
    List<Optional<VirtualEntry>> found = new ArrayList<>();
    for (JsonValue proposed : fields.array("entries")) {
      if (!(proposed instanceof JsonObject object)) {
        throw new Refused(422, "an entry that is no object");
      }
      Bytes body = Rekor1Proposal.parse(object).body();
      found.add(log.byUuid(HexText.encode(MerkleTree.leafHash(body))));
    }
    for (String uuid : fields.strings("entryUUIDs")) {
      found.add(log.byUuid(uuid));
    }
    for (JsonValue number : fields.array("logIndexes")) {
      if (!(number instanceof JsonNumber given)) {
        throw new Refused(422, "an index that is no number");
      }
      found.add(log.byLogIndex(given.longValue()));
    }
    fields.finish();
    if (found.isEmpty() || found.size() > MAX_ASKED) {
      throw new Refused(422, "one to ten entries at a time");
    }
    List<JsonObject> entries = new ArrayList<>();
    found.forEach(one -> one.ifPresent(entry -> entries.add(named(entry))));
    return Endpoint.json(200, JsonArray.of(entries));
  }

  private WireResponse search(JsonObject json) throws Refused, MalformedInputException {
    ProtoFields fields = ProtoFields.of(json, "search");
    List<String> keys = new ArrayList<>();
    fields.string("hash").ifPresent(keys::add);
    fields.string("email").ifPresent(email -> keys.add("email:" + email));
    Optional<ProtoFields> publicKey = fields.fields("publicKey");
    if (publicKey.isPresent()) {
      if (!publicKey.get().requiredString("format").equals("x509")) {
        throw new Refused(400, "another format than x509");
      }
      ForeignKey key = ForeignKey.parsePem(publicKey.get().requiredBytes("content"));
      keys.add("key:" + HexText.encode(PemText.sha256(Bytes.utf8(key.pem()))));
    }
    boolean all = fields.string("operator").orElse("or").equals("and");
    fields.finish();
    if (keys.isEmpty()) {
      throw new Refused(400, "must include at least one search criterion");
    }
    Set<String> found = new LinkedHashSet<>(index.getOrDefault(keys.get(0), List.of()));
    for (String key : keys.subList(1, keys.size())) {
      List<String> more = index.getOrDefault(key, List.of());
      if (all) {
        found.retainAll(more);
      } else {
        found.addAll(more);
      }
    }
    return Endpoint.json(200, JsonArray.of(found.stream().map(JsonString::new).toList()));
  }
}
