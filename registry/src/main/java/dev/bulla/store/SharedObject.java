package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import java.util.List;

/** What several writers keep behind one tag: a list of entries, and bytes around it. Immutable. */
interface SharedObject {

  List<Descriptor> entries();

  /** This object with more entries; the others stay as they are. */
  SharedObject plus(List<Descriptor> more) throws MalformedInputException;

  /** This object with some of its entries. */
  SharedObject only(List<Descriptor> kept) throws MalformedInputException;

  MediaType mediaType();

  Bytes manifest();

  /** Content that has to be in the registry before the manifest; empty when there is none. */
  Bytes config();
}
