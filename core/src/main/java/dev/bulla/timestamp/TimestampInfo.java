package dev.bulla.timestamp;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.AlgorithmIdentifier;
import java.time.Instant;
import java.util.Optional;

/**
 * What a token says (RFC 3161 §2.4.2). Its policy and accuracy are read past: nothing here asks for
 * them.
 *
 * @param imprint the digest of the bytes that were seen
 * @param nonce what the request carried, as the content of an INTEGER
 */
record TimestampInfo(
    AlgorithmIdentifier imprintHash, Bytes imprint, Instant time, Optional<Bytes> nonce) {

  private static final int TSA = 0xa0;
  private static final int EXTENSIONS = 0xa1;

  static TimestampInfo parse(Bytes der) throws MalformedInputException {
    DerReader whole = DerReader.of(der.toByteArray(), TimestampToken.WHAT);
    DerReader in = whole.enter(DerReader.SEQUENCE);
    whole.finish();
    if (in.smallNumber() != 1) {
      throw new MalformedInputException(TimestampToken.WHAT, "of an unknown version");
    }
    in.oid();
    DerReader imprint = in.enter(DerReader.SEQUENCE);
    AlgorithmIdentifier hash = AlgorithmIdentifier.read(imprint);
    Bytes digest = Bytes.owning(imprint.bytes(DerReader.OCTET_STRING));
    imprint.finish();
    in.number();
    Instant time = in.generalizedTime();
    if (in.nextIs(DerReader.SEQUENCE)) {
      in.skip();
    }
    if (in.nextIs(DerReader.BOOLEAN)) {
      in.bool();
    }
    Optional<Bytes> nonce = Optional.empty();
    if (in.nextIs(DerReader.INTEGER)) {
      nonce = Optional.of(Bytes.owning(in.number()));
    }
    if (in.nextIs(TSA)) {
      in.skip();
    }
    if (in.nextIs(EXTENSIONS)) {
      refuseCritical(in.enter(EXTENSIONS));
    }
    in.finish();
    return new TimestampInfo(hash, digest, time, nonce);
  }

  private static void refuseCritical(DerReader extensions) throws MalformedInputException {
    while (extensions.hasMore()) {
      DerReader one = extensions.enter(DerReader.SEQUENCE);
      String oid = one.oid();
      if (one.nextIs(DerReader.BOOLEAN) && one.bool()) {
        throw new MalformedInputException(TimestampToken.WHAT, "critical extension " + oid);
      }
    }
  }
}
