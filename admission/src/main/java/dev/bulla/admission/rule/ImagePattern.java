package dev.bulla.admission.rule;

import dev.bulla.admission.image.ImageName;
import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import java.util.Optional;

/** The pattern of a rule: which images it speaks of, and how closely it describes one of them. */
interface ImagePattern {

  /** How closely the image is described; empty when it is none of the pattern's. */
  Optional<Specificity> match(ImageName image);

  /** Patterns of the same canonical text speak of the same images. */
  String canonical();

  /** What a pattern meant to Connaisseur 3: found anywhere in the name. */
  record Unanchored(String canonical, Glob glob) implements ImagePattern {

    static Unanchored of(String text) throws ConfigurationException {
      String front = text.startsWith("*") ? "" : "*";
      String back = text.endsWith("*") ? "" : "*";
      return new Unanchored(text, Glob.of(front + text + back));
    }

    @Override
    public Optional<Specificity> match(ImageName image) {
      String name = image.toString();
      return glob.matches(name) ? Optional.of(Specificity.of(canonical, name)) : Optional.empty();
    }
  }

  /** How a registry of Docker Hub is spelled in a name: the short spelling of it. */
  static String shortHub(String name) {
    return name.startsWith(Repository.DOCKER_HUB + "/") ? name.substring("index.".length()) : name;
  }
}
