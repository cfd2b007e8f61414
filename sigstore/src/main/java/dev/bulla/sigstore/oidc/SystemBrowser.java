package dev.bulla.sigstore.oidc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The browser that the desktop opens pages with. */
final class SystemBrowser implements Browser {

  /** What programs of a desktop need; nothing that may be a secret. */
  private static final Set<String> PASSED =
      Set.of(
          "PATH",
          "Path",
          "PATHEXT",
          "HOME",
          "USERPROFILE",
          "USER",
          "LOGNAME",
          "LANG",
          "DISPLAY",
          "WAYLAND_DISPLAY",
          "XAUTHORITY",
          "XDG_RUNTIME_DIR",
          "XDG_CURRENT_DESKTOP",
          "XDG_SESSION_TYPE",
          "XDG_DATA_DIRS",
          "XDG_DATA_HOME",
          "XDG_CONFIG_DIRS",
          "XDG_CONFIG_HOME",
          "DESKTOP_SESSION",
          "DBUS_SESSION_BUS_ADDRESS",
          "SystemRoot",
          "windir",
          "APPDATA",
          "LOCALAPPDATA",
          "ProgramFiles",
          "WSL_DISTRO_NAME",
          "WSL_INTEROP");

  private final Surroundings machine;
  private final String system;

  /**
   * @param system the operating system's name, as Java has it
   */
  SystemBrowser(Surroundings machine, String system) {
    this.machine = machine;
    this.system = system.toLowerCase(Locale.ROOT);
  }

  /** The programs to try, each with the arguments before the page's. */
  private List<List<String>> commands() {
    if (system.startsWith("mac")) {
      return List.of(List.of("open"));
    }
    if (system.startsWith("windows")) {
      // not `start`, for which a shell would read the address
      return List.of(List.of("rundll32.exe", "url.dll,FileProtocolHandler"));
    }
    List<List<String>> commands = new ArrayList<>();
    if (machine.has("WSL_DISTRO_NAME")) {
      commands.add(List.of("wslview"));
    }
    if (machine.has("DISPLAY") || machine.has("WAYLAND_DISPLAY")) {
      commands.add(List.of("xdg-open"));
      commands.add(List.of("x-www-browser"));
      commands.add(List.of("www-browser"));
    }
    return commands;
  }

  @Override
  public void open(String url) throws IOException {
    List<List<String>> commands = commands();
    if (commands.isEmpty()) {
      throw new IOException("there is no desktop");
    }
    for (List<String> command : commands) {
      Optional<Program> program = Program.find(command.get(0), machine, PASSED::contains);
      if (program.isPresent()) {
        List<String> arguments = new ArrayList<>(command.subList(1, command.size()));
        arguments.add(url);
        program.get().start(arguments);
        return;
      }
    }
    throw new IOException("there is no " + commands.get(0).get(0));
  }
}
