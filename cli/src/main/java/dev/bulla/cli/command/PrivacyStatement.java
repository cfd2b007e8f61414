package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.ConfigurationException;

/** What a person should know before a name goes to a public log, where it stays. */
final class PrivacyStatement {

  private static final String TEXT =
      """

      \tThis signature will be recorded in a transparency log. The public logs are run by sigstore, a
      \tSeries of LF Projects, LLC, under the terms of use for hosted project tools:
      \thttps://lfprojects.org/policies/hosted-project-tools-terms-of-use/
      \tIf what is recorded names a person, such as by the email address of the account that signs,
      \tit stays part of a public record that nobody can change or remove:
      \thttps://lfprojects.org/policies/hosted-project-tools-immutable-records/

      """;

  private static final String CONFIRMATION =
      "By typing 'y', you attest that (1) you are not submitting the personal data of any other"
          + " person; and (2) you understand and agree to the statement above and the terms at"
          + " these addresses.";

  private PrivacyStatement() {}

  /** Shows it, and leaves it to the person to go on. */
  static void show(CommandContext context) {
    context.err().print(TEXT);
  }

  /** Shows it and asks, unless the line answers by itself. */
  static void requireConsent(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    show(context);
    context.err().println(CONFIRMATION);
    if (!flags.get(SignCommand.YES)) {
      context.prompts().requireConsent();
    }
  }
}
