package dev.plinth.helm.source;

import java.util.List;
import java.util.Optional;

/**
 * With what a source is asked. It is in no log and not in {@code toString}.
 *
 * @param basic user and password, for repositories, archives and registries
 * @param clientCertificate certificate and key in PEM; not with {@code basic}, which beats it
 * @param certificateAuthorities PEM texts; if there is one, no other authority is trusted
 * @param passCredentials whether hosts other than the repository's get {@code basic} too
 * @param dockerConfig the content of a {@code .dockerconfigjson}, for registries
 * @param plainHttp whether a registry is spoken to without TLS
 * @param insecureSkipTlsVerify whether any certificate will do
 */
public record SourceAccess(
    Optional<Basic> basic,
    Optional<ClientCertificate> clientCertificate,
    List<String> certificateAuthorities,
    boolean passCredentials,
    Optional<String> dockerConfig,
    boolean plainHttp,
    boolean insecureSkipTlsVerify) {

  /** A user and his password. */
  public record Basic(String username, String password) {
    @Override
    public String toString() {
      return "Basic[***]";
    }
  }

  /** A certificate, with the chain if there is one, and its key, both in PEM. */
  public record ClientCertificate(String certificate, String key) {
    @Override
    public String toString() {
      return "ClientCertificate[***]";
    }
  }

  public SourceAccess {
    certificateAuthorities = List.copyOf(certificateAuthorities);
  }

  /** Without credentials, with the authorities that Java trusts. */
  public static SourceAccess anonymous() {
    return new SourceAccess(
        Optional.empty(), Optional.empty(), List.of(), false, Optional.empty(), false, false);
  }

  public SourceAccess withBasic(String username, String password) {
    return new SourceAccess(
        Optional.of(new Basic(username, password)),
        clientCertificate,
        certificateAuthorities,
        passCredentials,
        dockerConfig,
        plainHttp,
        insecureSkipTlsVerify);
  }

  public SourceAccess withClientCertificate(String certificate, String key) {
    return new SourceAccess(
        basic,
        Optional.of(new ClientCertificate(certificate, key)),
        certificateAuthorities,
        passCredentials,
        dockerConfig,
        plainHttp,
        insecureSkipTlsVerify);
  }

  public SourceAccess withCertificateAuthorities(List<String> pems) {
    return new SourceAccess(
        basic,
        clientCertificate,
        pems,
        passCredentials,
        dockerConfig,
        plainHttp,
        insecureSkipTlsVerify);
  }

  public SourceAccess withPassCredentials(boolean pass) {
    return new SourceAccess(
        basic,
        clientCertificate,
        certificateAuthorities,
        pass,
        dockerConfig,
        plainHttp,
        insecureSkipTlsVerify);
  }

  public SourceAccess withDockerConfig(String json) {
    return new SourceAccess(
        basic,
        clientCertificate,
        certificateAuthorities,
        passCredentials,
        Optional.of(json),
        plainHttp,
        insecureSkipTlsVerify);
  }

  public SourceAccess withPlainHttp(boolean plain) {
    return new SourceAccess(
        basic,
        clientCertificate,
        certificateAuthorities,
        passCredentials,
        dockerConfig,
        plain,
        insecureSkipTlsVerify);
  }

  public SourceAccess withInsecureSkipTlsVerify(boolean skip) {
    return new SourceAccess(
        basic,
        clientCertificate,
        certificateAuthorities,
        passCredentials,
        dockerConfig,
        plainHttp,
        skip);
  }

  @Override
  public String toString() {
    return "SourceAccess[***]";
  }
}
