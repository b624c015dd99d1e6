# Varnish 7 in front of one or more processes of Layoff Ledger. It caches what their headers allow, for as
# long as they allow, and serves a new revision within a second if the service knows this cache:
#
#     LEDGER_PURGE=http://127.0.0.1:6081 LEDGER_TRUSTED_PROXIES=127.0.0.1 layoff-ledger serve
#     varnishd -a 127.0.0.1:6081 -f /etc/varnish/layoff-ledger.vcl -s malloc,256m -p http_gzip_support=off
#
# `http_gzip_support=off`, because the service compresses (zstd, br, gzip) and Varnish would request gzip only.
vcl 4.1;

import directors;
import std;

probe alive {
    .url = "/health/live";
    .interval = 1s;
    .timeout = 1s;
    .window = 3;
    .threshold = 2;
}

# If you have a single backend, delete the other one here and in `vcl_init`.
backend one {
    .host = "127.0.0.1";
    .port = "8000";
    .probe = alive;
}

backend two {
    .host = "127.0.0.1";
    .port = "8001";
    .probe = alive;
}

# Hosts that may purge, because they run the service.
acl publishers {
    "127.0.0.1";
    "::1";
}

sub vcl_init {
    new ledger = directors.round_robin();
    ledger.add_backend(one);
    ledger.add_backend(two);
}

sub vcl_recv {
    set req.backend_hint = ledger.backend();

    if (req.method == "PURGE") {
        # A second address means that a proxy forwarded the request, and client.ip is that of the proxy.
        if (client.ip !~ publishers || req.http.X-Forwarded-For ~ ",") {
            return (synth(405, "Method Not Allowed"));
        }
        # Answers `as_of` a revision remain valid.
        if (!std.ban("obj.http.Cache-Control !~ immutable")) {
            return (synth(500, std.ban_error()));
        }
        return (synth(200, "Purged"));
    }

    # Only the client itself may have written this header. Varnish adds its own knowledge to X-Forwarded-For.
    unset req.http.Forwarded;

    # The service uses neither, and both would prevent caching.
    unset req.http.Cookie;
    unset req.http.Authorization;

    # POST requests, answers that are never cached, and files of any size and parts of them (Range).
    if (req.url ~ "^/(mcp|metrics|health/)" || req.url ~ "^/v1/exports/[^/?]+/[^/?]+") {
        return (pass);
    }

    # Clients write the same preference in many ways, and each would be cached as a separate answer.
    if (req.http.Accept-Encoding !~ ";" && req.http.Accept-Encoding !~ "\*") {
        if (req.http.Accept-Encoding ~ "(^|[ ,])zstd([ ,]|$)") {
            set req.http.Accept-Encoding = "zstd";
        } else if (req.http.Accept-Encoding ~ "(^|[ ,])br([ ,]|$)") {
            set req.http.Accept-Encoding = "br";
        } else if (req.http.Accept-Encoding ~ "(^|[ ,])gzip([ ,]|$)") {
            set req.http.Accept-Encoding = "gzip";
        } else {
            unset req.http.Accept-Encoding;
        }
    }
}

sub vcl_backend_response {
    # If a background fetch fails, keep the stale answer (`stale-while-revalidate`).
    if (bereq.is_bgfetch && beresp.status >= 500) {
        return (abandon);
    }
    # A whole list has no length: stream it, and do not cache it. Data that its reader has not taken yet
    # waits in memory; from Varnish 7.3 on, `set beresp.transit_buffer = 1M;` limits that.
    if (!beresp.was_304 && (!beresp.http.Content-Length || beresp.http.Content-Length ~ "^[0-9]{8}")) {
        set beresp.uncacheable = true;
        set beresp.ttl = 120s;
        return (deliver);
    }
    # For this long after it has expired, an answer can still be revalidated by its ETag.
    set beresp.keep = 1h;
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.X-Cache = "hit";
        # These headers belong to the request for which the answer was made.
        unset resp.http.RateLimit;
        unset resp.http.RateLimit-Policy;
        unset resp.http.Server-Timing;
        set resp.http.X-Request-Id = "varnish-" + req.xid;
        if (req.http.X-Request-Id ~ "^[A-Za-z0-9._-]{1,64}$") {
            set resp.http.X-Request-Id = req.http.X-Request-Id;
        }
    } else {
        set resp.http.X-Cache = "miss";
    }
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
