package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The webhook's status page in a real browser. */
@Interop
@DisplayName("the webhook's status page (Chromium)")
final class StatusPageTest {

  private static final Pattern ADDRESS = Pattern.compile("status page on (127\\.0\\.0\\.1:\\d+)");
  private static final Pattern URL = Pattern.compile("\"url\":\"([a-z]+:[^\"]*)\"");
  private static final String EVIL = "<script>document.title='ran'</script>";
  private static final String EVIL_USER = "<img src=//evil.example/x onerror=document.title='ran'>";

  private final Bench bench;

  StatusPageTest(Bench bench) {
    this.bench = bench;
  }

  /** What a browser made of a page. */
  private record Seen(String dom, String said, Set<URI> asked) {}

  private static Seen look(Workplace place, String url) throws IOException {
    Path net = place.root().resolve("net.json");
    Finished done = place.call(Program.CHROMIUM, browser(net, "--dump-dom", url)).run().expect(0);
    Set<URI> asked = new TreeSet<>();
    Matcher found = URL.matcher(Files.readString(net));
    while (found.find()) {
      asked.add(URI.create(found.group(1)));
    }
    return new Seen(done.text(), done.err(), asked);
  }

  private static List<String> browser(Path net, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                // a container has no namespaces to give away; the page is our own
                "--no-sandbox",
                "--headless",
                "--disable-gpu",
                "--disable-background-networking",
                "--enable-logging=stderr",
                "--log-net-log=" + net));
    line.addAll(List.of(more));
    return line;
  }

  private void picture(Workplace place, String url, String name, String... more) throws Exception {
    Path file = place.root().resolve(name);
    List<String> line = new ArrayList<>(browser(place.root().resolve("picture.json"), more));
    line.add("--screenshot=" + file);
    line.add(url);
    place.call(Program.CHROMIUM, line).run().expect(0);
    assertThat(Files.size(file)).isGreaterThan(5000);
    Path kept = Files.createDirectories(Peers.root().resolve("interop/target/interop"));
    Files.copy(file, kept.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static String review(String image, String user) {
    return Review.podWith(image)
        .replaceFirst(
            "\"request\": \\{",
            Matcher.quoteReplacement(
                "\"request\": {\"userInfo\": {\"username\": \"" + user + "\"},"));
  }

  @Test
  @DisplayName("shows what was decided; markup in names is text, and nothing runs or is fetched")
  void showsWhatWasDecided(Workplace place) throws Exception {
    bench.peers().path(Program.CHROMIUM);
    Image signed = bench.signed(RegistryKind.OLAREG, SigningWay.BULLA_BOTH);
    Image unsigned = Samples.image(bench.shelf(RegistryKind.OLAREG, "unsigned"), "v1");
    try (Webhook webhook =
        Webhook.start(
            bench.peers(),
            AdmissionTest.config(bench),
            bench.registry(RegistryKind.OLAREG).host(),
            Map.of("LOG_FORMAT", "json"),
            "",
            List.of("--status-listen=127.0.0.1:0"))) {
      webhook.review("/mutate", review(signed.byTag(), "alice"));
      webhook.review("/mutate", review(unsigned.byTag(), "alice"));
      webhook.review("/mutate", review("evil.example/" + EVIL, EVIL_USER));
      String page = "http://" + address(webhook) + "/";

      Seen seen = look(place, page);

      assertThat(seen.dom())
          .contains(signed.byTag(), "admitted", unsigned.byTag(), "no signatures found")
          .contains("&lt;script&gt;document.title=", "&lt;img src=//evil.example")
          .contains("<title>bulla admission</title>")
          .doesNotContain("<script", "<img");
      assertThat(seen.said()).doesNotContain("CONSOLE");
      assertThat(seen.asked()).isNotEmpty().allMatch(url -> url.toString().startsWith(page));
      picture(place, page, "status-wide.png", "--window-size=1400,1200");
      picture(place, page, "status-phone.png", "--window-size=400,1800");
      picture(place, page, "status-dark.png", "--window-size=1400,1200", "--force-dark-mode");
    }
  }

  private static String address(Webhook webhook) {
    Matcher found = ADDRESS.matcher(webhook.log());
    assertThat(found.find()).as(webhook.log()).isTrue();
    return found.group(1);
  }

  @Test
  @DisplayName("would have said so: what the same look says of a page that breaks these rules")
  void wouldHaveSaidSo(Workplace place) throws Exception {
    Path page =
        place.write(
            "page.html",
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
                + "<title>still</title>"
                + EVIL
                + "<link rel=stylesheet href=http://127.0.0.1:9/x.css>");

    Seen seen = look(place, page.toUri().toString());

    assertThat(seen.said()).contains("CONSOLE", "Content Security Policy");
    assertThat(seen.dom()).contains("<title>still</title>", "<script");
    assertThat(seen.asked()).noneMatch(url -> url.toString().startsWith("http"));
    Files.writeString(page, "<title>still</title>" + EVIL + "<img src=http://127.0.0.1:9/x.png>");
    Seen free = look(place, page.toUri().toString());
    assertThat(free.dom()).contains("<title>ran</title>");
    assertThat(free.asked()).anyMatch(url -> url.toString().startsWith("http://127.0.0.1:9/"));
  }
}
