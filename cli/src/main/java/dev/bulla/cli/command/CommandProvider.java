package dev.bulla.cli.command;

import java.util.List;

/**
 * Further commands from another module, found by {@link java.util.ServiceLoader} on the class path
 * or in the folder of jars that lies beside the program for their group. Asked only when a name is
 * not one of the built-in ones, or when a list of all commands is wanted, so that they cost nothing
 * otherwise.
 */
public interface CommandProvider {

  /** The full names of its commands, groups before their members: {@code "admission serve"}. */
  List<String> paths();

  /** Makes one of these commands. */
  Command command(String path);
}
