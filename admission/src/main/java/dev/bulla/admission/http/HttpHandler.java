package dev.bulla.admission.http;

/** Answers requests. Called by many threads at once. */
public interface HttpHandler {

  HttpResponse handle(HttpRequest request) throws InterruptedException;
}
