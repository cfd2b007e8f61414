package dev.bulla.sigstore.trust;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.tuf.TufException;
import dev.bulla.sigstore.tuf.TufException.Reason;
import dev.bulla.sigstore.tuf.TufSource;
import java.util.Optional;

/**
 * A mirror over HTTP. Plain HTTP will do, since what a mirror sends is signed and nothing secret is
 * sent to it.
 */
final class HttpTufSource implements TufSource {

  private final ServiceCaller caller;
  private final ServiceUrl mirror;

  HttpTufSource(ServiceCaller caller, ServiceUrl mirror) {
    this.caller = caller;
    this.mirror = mirror;
  }

  @Override
  public Optional<Bytes> fetch(String path, int limit) throws TufException {
    try {
      ServiceRequest request = ServiceRequest.get(mirror.below("/" + path), limit);
      ServiceAnswer answer = caller.ask(request);
      // buckets that may not be listed say 403 of what they do not have
      if (answer.status() == 404 || answer.status() == 403) {
        return Optional.empty();
      }
      if (!answer.isOk()) {
        throw ServiceCaller.refused(request, answer);
      }
      return Optional.of(answer.body());
    } catch (ServiceException e) {
      boolean wrong = e.kind() == Kind.BAD_ANSWER || e.kind() == Kind.UNSAFE;
      throw new TufException(wrong ? Reason.MALFORMED : Reason.UNREACHABLE, e.message(), e);
    } catch (BullaException e) {
      throw new TufException(Reason.UNREACHABLE, e.message(), e);
    }
  }
}
