package dev.bulla;

import dev.bulla.oci.Repository;

/**
 * Where images are, and where what belongs to them is.
 *
 * @param prefix what the tags of evidence start with
 */
record Place(Repository images, Repository evidence, String prefix) {

  static Place of(Repository repository) {
    return new Place(repository, repository, "");
  }
}
