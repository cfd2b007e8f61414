package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Puts a WebAssembly module into a registry. */
final class UploadWasmCommand implements Command {

  static final Flag<String> FILE =
      Flag.text("file", "file with the module").shorthand('f').required();

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("upload wasm", "Put a WebAssembly module into a registry")
        .example("bulla upload wasm -f filter.wasm registry.example.com/filter:v1")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("File", FILE)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Uploading(flags, context).wasm();
  }
}
