package dev.bulla.interop;

/** A program that cells run, bulla itself among them. */
enum Program {
  BULLA("bulla", "bulla", ""),
  /** The last of version 1. */
  COSIGN1("cosign 1", "cosign1", "COSIGN1"),
  COSIGN2("cosign 2", "cosign2", "COSIGN2"),
  /** The last of version 2. */
  COSIGN26("cosign 2.6", "cosign26", "COSIGN26"),
  COSIGN3("cosign 3", "cosign3", "COSIGN3"),
  CRANE("crane", "crane", "CRANE"),
  ORAS("oras", "oras", "ORAS"),
  SKOPEO("skopeo", "skopeo", "SKOPEO"),
  /** What podman, CRI-O and skopeo copy and check with, by itself. */
  CONTAINERS_IMAGE("containers/image", "containers-image", "CONTAINERS_IMAGE"),
  JQ("jq", "jq", "JQ"),
  OPENSSL("openssl", "openssl", "OPENSSL"),
  DOCKER_REGISTRY("docker-registry", "docker-registry", "DOCKER_REGISTRY"),
  OLAREG("olareg", "olareg", "OLAREG"),
  ZOT("zot", "zot", "ZOT"),
  MOTO("moto", "moto-python", "MOTO"),
  SOFTHSM("softhsm", "softhsm2-util", "SOFTHSM"),
  VAULT("vault", "vault-transit", "VAULT"),
  /** Made a plugin program of cosign by {@link VaultTest} only. */
  VAULT_CLIENT("vault-client", "vault-client", "VAULT_CLIENT"),
  KUBE_APISERVER("kube-apiserver", "kube-apiserver", "KUBE_APISERVER"),
  ETCD("etcd", "etcd", "ETCD"),
  REDIS("Redis", "redis-server", "REDIS"),
  /** Only the part that shows nothing on a screen. */
  CHROMIUM("Chromium", "chromium-headless-shell", "CHROMIUM"),
  HELM("helm", "helm", "HELM"),
  TIMESTAMP_SERVER("timestamp-server", "timestamp-server", "TIMESTAMP_SERVER"),
  REKOR2("Rekor v2", "rekor2", "REKOR2"),
  FULCIO("Fulcio", "fulcio", "FULCIO"),
  REKOR1("Rekor v1", "rekor1", "REKOR1"),
  /** What keeps the tree of Rekor v1, and what puts entries into it. */
  TRILLIAN_SERVER("Trillian", "trillian-server", "TRILLIAN_SERVER"),
  TRILLIAN_SIGNER("Trillian's signer", "trillian-signer", "TRILLIAN_SIGNER"),
  CREATETREE("Trillian's createtree", "createtree", "CREATETREE"),
  MARIADB("MariaDB", "mariadbd", "MARIADB"),
  /** Trillian's personality as a certificate log. */
  CT_SERVER("certificate log", "ct-server", "CT_SERVER"),
  /** npm's packages of Sigstore, as one program. */
  SIGSTORE_JS("sigstore-js", "sigstore-js", "SIGSTORE_JS"),
  /** The examples of sigstore-go. */
  SIGSTORE_GO("sigstore-go", "sigstore-go-verification", "SIGSTORE_GO"),
  SIGSTORE_GO_SIGN("sigstore-go, signing", "sigstore-go-signing", "SIGSTORE_GO_SIGN");

  private final String label;
  private final String command;
  private final String variable;

  Program(String label, String command, String variable) {
    this.label = label;
    this.command = command;
    this.variable = variable;
  }

  /** How shell lines in a {@link Workplace} call it. */
  String command() {
    return command;
  }

  /** Its name in the file that {@code interop/setup} writes. */
  String variable() {
    return variable;
  }

  @Override
  public String toString() {
    return label;
  }
}
