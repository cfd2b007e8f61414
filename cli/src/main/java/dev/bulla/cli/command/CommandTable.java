package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.error.BullaBug;
import dev.bulla.error.ConfigurationException;
import dev.bulla.keys.kms.InstalledServices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All commands, by the words that call them. A command is made when it is asked for, and not
 * before.
 */
public final class CommandTable {

  /** Every built-in name, sorted; groups before their members. */
  static final List<String> BUILT_IN =
      List.of(
          "attach",
          "attach attestation",
          "attach sbom",
          "attach signature",
          "bundle",
          "bundle create",
          "bundle inspect",
          "bundle upgrade",
          "clean",
          "completion",
          "conformance",
          "conformance sign-bundle",
          "conformance verify-bundle",
          "copy",
          "demo",
          "doctor",
          "doctor auth",
          "download",
          "download attestation",
          "download sbom",
          "download signature",
          "env",
          "gc",
          "generate",
          "generate-key-pair",
          "help",
          "import-key-pair",
          "initialize",
          "load",
          "login",
          "logout",
          "pkcs11-tool",
          "pkcs11-tool list-keys-uris",
          "pkcs11-tool list-tokens",
          "public-key",
          "registry",
          "registry sample",
          "registry serve",
          "save",
          "sign",
          "signing-config",
          "signing-config create",
          "tree",
          "triangulate",
          "trust",
          "trust check",
          "trusted-root",
          "trusted-root create",
          "upload",
          "upload blob",
          "upload wasm",
          "upload-blob",
          "verify",
          "version");

  /**
   * What cosign has, or once had, and bulla has not yet. Not listed anywhere, and never guessed.
   */
  static final Set<String> NOT_YET =
      Set.of(
          "attest",
          "attest-blob",
          "debug",
          "dockerfile",
          "manifest",
          "piv-tool",
          "sign-blob",
          "verify-attestation",
          "verify-blob",
          "verify-blob-attestation",
          "verify-dockerfile",
          "verify-manifest");

  /**
   * Groups of commands with libraries of their own: not in the program's jar but in folders {@code
   * commands/GROUP} beside it.
   */
  static final List<String> BESIDE = List.of("admission");

  private final Supplier<Optional<Path>> folders;
  private @Nullable InstalledServices services;

  public CommandTable() {
    this(() -> Installation.folder("commands"));
  }

  /**
   * The table of another installation.
   *
   * @param folders where the folders of groups are
   */
  CommandTable(Supplier<Optional<Path>> folders) {
    this.folders = folders;
  }

  /** The program itself. */
  public Command root() {
    return new CommandGroup(
        CommandSpec.of("", "Sign what a registry holds, and verify it")
            .description(
                """
                bulla signs container images and everything else an OCI registry holds, keeps the
                signatures beside them in the registry, and verifies them. It speaks the command
                line and the formats of cosign.\
                """));
  }

  /**
   * The command of this name.
   *
   * @param path the words that call it: {@code "attach signature"}
   * @throws ConfigurationException when it is a command that we know of and do not have
   */
  public Optional<Command> find(String path) throws ConfigurationException {
    Optional<Command> builtIn = builtIn(path);
    if (builtIn.isPresent()) {
      return builtIn;
    }
    if (NOT_YET.contains(path)) {
      String message =
          "`" + CommandSpec.PROGRAM + " " + path + "` is not available in this version";
      throw path.equals("piv-tool")
          ? new ConfigurationException(
              message,
              "cards are reached through PKCS #11, which cannot set them up: do that with the tool"
                  + " of the card's maker, such as ykman; --sk and pkcs11: URIs then use the card")
          : new ConfigurationException(message);
    }
    Optional<CommandProvider> provider = provider(path);
    if (provider.isEmpty() && BESIDE.contains(path)) {
      throw new ConfigurationException(
          "`" + CommandSpec.PROGRAM + " " + path + "` is not installed",
          "its jars belong into the folder commands/" + path + " beside bulla.jar");
    }
    return provider.map(found -> found.command(path));
  }

  /**
   * Whoever brings a command: another module on the class path, or the folder of its group.
   *
   * @throws ConfigurationException when what is installed cannot be loaded
   */
  private Optional<CommandProvider> provider(String path) throws ConfigurationException {
    int blank = path.indexOf(' ');
    String group = blank < 0 ? path : path.substring(0, blank);
    if (services == null) {
      services = InstalledServices.onClassPathOrIn(folders::get);
    }
    try {
      return services.find(
          CommandProvider.class,
          BESIDE.contains(group) ? group : "",
          provider -> provider.paths().contains(path));
    } catch (IOException e) {
      throw new ConfigurationException(
          "`" + CommandSpec.PROGRAM + " " + group + "` " + e.getMessage(), e);
    }
  }

  private static Optional<Command> builtIn(String path) {
    return switch (path) {
      case "attach" -> group(path, "Attach to an image what was made elsewhere");
      case "attach attestation" -> Optional.of(new AttachAttestationCommand());
      case "attach sbom" -> Optional.of(new AttachSbomCommand());
      case "attach signature" -> Optional.of(new AttachSignatureCommand());
      case "bundle" -> group(path, "Make, show and upgrade Sigstore bundles in files");
      case "bundle create" -> Optional.of(new BundleCreateCommand());
      case "bundle inspect" -> Optional.of(new BundleInspectCommand());
      case "bundle upgrade" -> Optional.of(new BundleUpgradeCommand());
      case "clean" -> Optional.of(new CleanCommand());
      case "completion" -> Optional.of(new CompletionCommand());
      case "conformance" -> group(path, "Answer the conformance suite of Sigstore's clients");
      case "conformance sign-bundle" -> Optional.of(new ConformanceSignCommand());
      case "conformance verify-bundle" -> Optional.of(new ConformanceVerifyCommand());
      case "copy" -> Optional.of(new CopyCommand());
      case "demo" -> Optional.of(new DemoCommand());
      case "doctor" -> group(path, "Find out why something does not work");
      case "doctor auth" -> Optional.of(new DoctorAuthCommand());
      case "download" -> group(path, "Download what is attached to an image");
      case "download attestation" -> Optional.of(new DownloadAttestationCommand());
      case "download sbom" -> Optional.of(new DownloadSbomCommand());
      case "download signature" -> Optional.of(new DownloadSignatureCommand());
      case "env" -> Optional.of(new EnvCommand());
      case "gc" -> Optional.of(new GcCommand());
      case "generate" -> Optional.of(new GenerateCommand());
      case "generate-key-pair" -> Optional.of(new GenerateKeyPairCommand());
      case "help" -> Optional.of(new HelpCommand());
      case "import-key-pair" -> Optional.of(new ImportKeyPairCommand());
      case "initialize" -> Optional.of(new InitializeCommand());
      case "load" -> Optional.of(new LoadCommand());
      case "login" -> Optional.of(new LoginCommand());
      case "logout" -> Optional.of(new LogoutCommand());
      case "pkcs11-tool" -> group(path, "Find keys on PKCS #11 tokens");
      case "pkcs11-tool list-keys-uris" -> Optional.of(new Pkcs11ToolListKeysCommand());
      case "pkcs11-tool list-tokens" -> Optional.of(new Pkcs11ToolListTokensCommand());
      case "public-key" -> Optional.of(new PublicKeyCommand());
      case "registry" -> group(path, "A registry of our own for trying things out");
      case "registry sample" -> Optional.of(new RegistrySampleCommand());
      case "registry serve" -> Optional.of(new RegistryServeCommand());
      case "save" -> Optional.of(new SaveCommand());
      case "sign" -> Optional.of(new SignCommand());
      case "signing-config" -> group(path, "Which services signatures are made with");
      case "signing-config create" -> Optional.of(new SigningConfigCreateCommand());
      case "tree" -> Optional.of(new TreeCommand());
      case "triangulate" -> Optional.of(new TriangulateCommand());
      case "trust" -> group(path, "Whom signatures are believed");
      case "trust check" -> Optional.of(new TrustCheckCommand());
      case "trusted-root" -> group(path, "Whose certificates, log entries and timestamps count");
      case "trusted-root create" -> Optional.of(new TrustedRootCreateCommand());
      case "upload" -> group(path, "Put files into a registry");
      case "upload blob", "upload-blob" -> Optional.of(new UploadBlobCommand(path));
      case "upload wasm" -> Optional.of(new UploadWasmCommand());
      case "verify" -> Optional.of(new VerifyCommand());
      case "version" -> Optional.of(new VersionCommand());
      default -> Optional.empty();
    };
  }

  private static Optional<Command> group(String path, String summary) {
    return Optional.of(new CommandGroup(CommandSpec.of(path, summary)));
  }

  /**
   * The declarations one level below a group, hidden ones included, sorted; those of the root for
   * an empty path.
   */
  List<CommandSpec> childrenOf(String path) {
    List<CommandSpec> children = new ArrayList<>();
    for (String child : paths()) {
      if (parent(child).equals(path)) {
        children.add(known(child).spec());
      }
    }
    return children;
  }

  private static String parent(String path) {
    int blank = path.lastIndexOf(' ');
    return blank < 0 ? "" : path.substring(0, blank);
  }

  /** Every declaration, the program's own first, then sorted by name. */
  List<CommandSpec> all() {
    List<CommandSpec> specs = new ArrayList<>();
    specs.add(root().spec());
    for (String path : paths()) {
      specs.add(known(path).spec());
    }
    return specs;
  }

  /** The names of all commands, sorted. */
  private Set<String> paths() {
    Set<String> paths = new TreeSet<>(BUILT_IN);
    for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
      paths.addAll(provider.paths());
    }
    for (String group : BESIDE) {
      try {
        provider(group).ifPresent(provider -> paths.addAll(provider.paths()));
      } catch (ConfigurationException e) {
        // said to whoever calls it: the others can be listed without
      }
    }
    return paths;
  }

  private Command known(String path) {
    try {
      return find(path).orElseThrow(() -> new BullaBug("a command is listed and missing: " + path));
    } catch (ConfigurationException e) {
      throw new BullaBug("a command is listed and not available: " + path, e);
    }
  }

  /** The names of the program's commands, for guesses; hidden ones are left out. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (CommandSpec spec : childrenOf("")) {
      if (!spec.isHidden()) {
        names.add(spec.name());
      }
    }
    return names;
  }
}
