package dev.bulla.error;

import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be carried out as it stands: settings that disagree, are incomplete or are
 * not available.
 */
public final class ConfigurationException extends BullaException {

  private static final long serialVersionUID = 1L;

  /** A failure that needs no advice. */
  public ConfigurationException(String message) {
    super(message, null, null);
  }

  /** A failure with advice on what to do. */
  public ConfigurationException(String message, String hint) {
    super(message, hint, null);
  }

  /** A failure caused by another. */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, null, cause);
  }

  private ConfigurationException(String message, @Nullable String hint, Throwable cause) {
    super(message, hint, cause);
  }

  @Override
  public ConfigurationException in(String context) {
    return new ConfigurationException(context + ": " + message(), hint().orElse(null), this);
  }

  @Override
  public ErrorCode code() {
    return ErrorCode.CONFIGURATION;
  }
}
