# Varnish 7 in front of one or more processes of Layoff Ledger: keeps what they allow, for as long
# as they allow, and turns to a new revision within a second where the service is told of this cache:
#
#     LEDGER_PURGE=http://127.0.0.1:6081 LEDGER_TRUSTED_PROXIES=127.0.0.1 layoff-ledger serve
#     varnishd -a 127.0.0.1:6081 -f /etc/varnish/layoff-ledger.vcl -s malloc,256m -p http_gzip_support=off
#
# `http_gzip_support=off`: the service encodes (zstd, br, gzip), and Varnish would ask for gzip alone.
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

# With a single one, delete the other here and in `vcl_init`.
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

# Who may say that there is a new revision: the hosts that run the service.
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
        # A second address says that a proxy passed it on: that of a publisher would be the proxy's.
        if (client.ip !~ publishers || req.http.X-Forwarded-For ~ ",") {
            return (synth(405, "Method Not Allowed"));
        }
        # What was asked `as_of` a revision stays true.
        if (!std.ban("obj.http.Cache-Control !~ immutable")) {
            return (synth(500, std.ban_error()));
        }
        return (synth(200, "Purged"));
    }

    # A client's own word about itself; Varnish adds what it knows to X-Forwarded-For.
    unset req.http.Forwarded;

    # The service has neither, and both would keep an answer from being kept.
    unset req.http.Cookie;
    unset req.http.Authorization;

    # Posted to, never kept, or files of any size of which a part may be asked.
    if (req.url ~ "^/(mcp|metrics|health/)" || req.url ~ "^/v1/exports/[^/?]+/[^/?]+") {
        return (pass);
    }

    # Clients write the same wish in many ways; each would be kept as an answer of its own.
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
    # What could only be fetched in the background stays as it is: `stale-while-revalidate`.
    if (bereq.is_bgfetch && beresp.status >= 500) {
        return (abandon);
    }
    # A whole list has no length: it is sent on as it comes, and not kept. What its reader has not
    # taken yet waits in memory; from Varnish 7.3 on, `set beresp.transit_buffer = 1M;` bounds that.
    if (!beresp.was_304 && (!beresp.http.Content-Length || beresp.http.Content-Length ~ "^[0-9]{8}")) {
        set beresp.uncacheable = true;
        set beresp.ttl = 120s;
        return (deliver);
    }
    # So long after its freshness an answer is still asked for again by its ETag.
    set beresp.keep = 1h;
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.X-Cache = "hit";
        # Of the client and the request for which it was made.
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
