package dev.bulla.admission.http;

import java.util.HashMap;
import java.util.Map;

/** Room that many hold parts of, none more than his share. Safe for use by many threads at once. */
public final class Shares {

  private final int all;
  private final int share;

  /** Without those who hold nothing. */
  private final Map<String, Integer> held = new HashMap<>();

  private int taken;

  /**
   * @param all of the room, in bytes
   * @param share the most that one may hold of it, in bytes
   */
  public Shares(int all, int share) {
    this.all = all;
    this.share = share;
  }

  /** Takes so many bytes more; takes nothing when there is no room for them. */
  public synchronized boolean take(String who, int bytes) {
    int his = held.getOrDefault(who, 0);
    if (bytes > all - taken || bytes > share - his) {
      return false;
    }
    put(who, his + bytes);
    taken += bytes;
    return true;
  }

  /** Gives back what was taken. */
  public synchronized void release(String who, int bytes) {
    put(who, held.getOrDefault(who, 0) - bytes);
    taken -= bytes;
  }

  private void put(String who, int bytes) {
    if (bytes == 0) {
      held.remove(who);
    } else {
      held.put(who, bytes);
    }
  }
}
