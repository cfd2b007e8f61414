package dev.bulla.admission.rule;

import java.util.ArrayList;
import java.util.List;

/**
 * How closely a pattern describes an image, in the order of Connaisseur: the pattern with more
 * components is closer; then the one that has more in common with the image's components, from the
 * left; then the longer one, component by component.
 *
 * @param numbers components, then for each its common prefix, then for each its length
 */
record Specificity(List<Integer> numbers) implements Comparable<Specificity> {

  Specificity {
    numbers = List.copyOf(numbers);
  }

  static Specificity of(String pattern, String image) {
    List<String> ofPattern = components(pattern);
    List<String> ofImage = components(image);
    List<Integer> numbers = new ArrayList<>();
    numbers.add(ofPattern.size());
    for (int i = 0; i < ofPattern.size(); i++) {
      numbers.add(i < ofImage.size() ? commonPrefix(ofPattern.get(i), ofImage.get(i)) : 0);
    }
    for (String component : ofPattern) {
      numbers.add(component.length());
    }
    return new Specificity(numbers);
  }

  private static List<String> components(String text) {
    List<String> components = new ArrayList<>();
    int from = 0;
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', from)) {
      components.add(text.substring(from, slash));
      from = slash + 1;
    }
    components.add(text.substring(from));
    return components;
  }

  private static int commonPrefix(String one, String other) {
    int i = 0;
    while (i < one.length() && i < other.length() && one.charAt(i) == other.charAt(i)) {
      i++;
    }
    return i;
  }

  /** Equal numbers of components come with equally long lists. */
  @Override
  public int compareTo(Specificity other) {
    for (int i = 0; i < Math.min(numbers.size(), other.numbers.size()); i++) {
      int difference = Integer.compare(numbers.get(i), other.numbers.get(i));
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  /** {@code components=3 prefixes=15,4,3 lengths=15,4,3}. */
  @Override
  public String toString() {
    int components = numbers.get(0);
    return "components="
        + components
        + " prefixes="
        + joined(numbers.subList(1, 1 + components))
        + " lengths="
        + joined(numbers.subList(1 + components, numbers.size()));
  }

  private static String joined(List<Integer> numbers) {
    StringBuilder text = new StringBuilder();
    for (int number : numbers) {
      text.append(text.isEmpty() ? "" : ",").append(number);
    }
    return text.toString();
  }
}
