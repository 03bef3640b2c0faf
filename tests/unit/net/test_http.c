/* SPDX-License-Identifier: MIT */
/* Unit tests for net/http.c against real servers: node's own, which do what the path says; certificates by openssl. */
#include "../platform/scratch.h"

#include <signal.h>

#include "core/limits.h"
#include "net/http.h"

#define MAKE_CERTIFICATES                                                                                              \
    "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out good.pem"    \
    " -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null"                                    \
    " && openssl req -x509 -key key.pem -out name.pem -days 2 -subj /CN=other.example"                                 \
    " -addext subjectAltName=DNS:other.example 2>/dev/null"

/* Listens with the certificate of argv[3] (none: plain), says its port in the file argv[4], and does what the path
 * names. */
static const char SERVER[] =
    "const fs = require('fs'); const [dir, cert, port, max] = process.argv.slice(2);\n"
    "const tls = cert && { key: fs.readFileSync(dir + '/key.pem'), cert: fs.readFileSync(dir + '/' + cert),"
    " ...(max && { maxVersion: max, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }) };\n"
    "const json = (res, status, body, more) => { res.writeHead(status, { 'content-type': 'application/json', ...more "
    "});"
    " res.end(body); };\n"
    "const does = {\n"
    "  '/good': (req, res) => json(res, 200, JSON.stringify({ agent: req.headers['user-agent'] ?? null,"
    " cookie: req.headers.cookie ?? null })),\n"
    "  '/charset': (req, res) => json(res, 200, '{}', { 'content-type': 'Application/JSON; charset=utf-8' }),\n"
    "  '/html': (req, res) => json(res, 200, '<p>', { 'content-type': 'text/html' }),\n"
    "  '/jsonx': (req, res) => json(res, 200, '{}', { 'content-type': 'application/jsonx' }),\n"
    "  '/gone': (req, res) => json(res, 404, '{}'),\n"
    "  '/moved': (req, res) => json(res, 302, '', { location: '/good' }),\n"
    "  '/full': (req, res) => json(res, 200, Buffer.alloc(1048576, 32)),\n"
    "  '/long': (req, res) => json(res, 200, Buffer.alloc(1048577, 32)),\n"
    "  '/chunks': (req, res) => { res.writeHead(200, { 'content-type': 'application/json' });"
    " const more = () => { while (res.write(Buffer.alloc(65536, 32))); res.once('drain', more); }; more();"
    " res.on('error', () => {}); },\n"
    "  '/cut': (req, res) => { res.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });"
    " res.write('{'); setTimeout(() => res.destroy(), 50); },\n"
    "  '/silent': () => {},\n"
    "  '/drip': (req, res) => { res.writeHead(200, { 'content-type': 'application/json' });"
    " setInterval(() => res.write(' '), 50); }\n"
    "};\n"
    "const serve = (req, res) => (does[req.url] ?? does['/gone'])(req, res);\n"
    "const server = cert ? require('https').createServer(tls, serve) : require('http').createServer(serve);\n"
    "server.on('tlsClientError', () => {});\n"
    "server.listen(0, '127.0.0.1', () => { fs.writeFileSync(port + '.new', String(server.address().port));"
    " fs.renameSync(port + '.new', port); });\n";

static void *scratch;
static pid_t servers[8];
static size_t server_count;
static struct ukb_error err;
static struct ukb_buf body = UKB_BUF_INIT(UKB_HTTP_BODY_MAX_LEN);

static int
run_shell(const char *command)
{
    const pid_t child = fork();

    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return exit_code_of(child);
}

static int
group_setup(void **state)
{
    char command[1024];

    (void)state;
    assert_int_equal(scratch_setup(&scratch), 0);
    (void)snprintf(command, sizeof(command), MAKE_CERTIFICATES, ((struct scratch *)scratch)->dir);
    assert_int_equal(run_shell(command), 0);
    (void)scratch_file(scratch, "server.js", SERVER);
    (void)unsetenv("https_proxy");
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    ukb_buf_done(&body);
    return scratch_teardown(&scratch);
}

static int
stop_servers(void **state)
{
    (void)state;
    while (server_count > 0) {
        (void)kill(servers[--server_count], SIGKILL);
        (void)waitpid(servers[server_count], NULL, 0);
    }
    return 0;
}

/* Start a server with that certificate ("": none) and at most that TLS version ("": any); its port. */
static int
start_server(const char *certificate, const char *max_version)
{
    const char *dir = ((struct scratch *)scratch)->dir;
    char program[256];
    char port_file[256];
    int port = 0;
    int tries;

    (void)snprintf(program, sizeof(program), "%s/server.js", dir);
    (void)snprintf(port_file, sizeof(port_file), "%s/port%zu", dir, server_count);
    (void)unlink(port_file);
    servers[server_count] = fork();
    if (servers[server_count] == 0) {
        (void)execlp("node", "node", program, dir, certificate, port_file, max_version, (char *)NULL);
        _exit(127);
    }
    server_count++;
    for (tries = 0; port == 0 && tries < 1000; tries++) {
        FILE *file = fopen(port_file, "r");

        if (file != NULL) {
            assert_int_equal(fscanf(file, "%d", &port), 1);
            assert_int_equal(fclose(file), 0);
        } else {
            pause_ms(10);
        }
    }
    assert_true(port > 0);
    return port;
}

/* Fetch a path of that server, with the CA that it should have. */
static enum ukb_status
get(const char *scheme, const char *host, int port, const char *path, unsigned int timeout_ms)
{
    char url[256];
    char ca[256];
    const struct ukb_http_request request = {
        .url = url, .accept = "application/json", .allow_loopback = true, .ca_file = ca, .timeout_ms = timeout_ms
    };

    (void)snprintf(url, sizeof(url), "%s://%s:%d%s", scheme, host, port, path);
    (void)snprintf(ca, sizeof(ca), "%s", scratch_path(scratch, "good.pem"));
    memset(&err, 0, sizeof(err));
    return ukb_http_curl.get(&request, &body, &err);
}

static void
expect_status(long long status)
{
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "status");
    assert_int_equal(err.attrs[0].integer, status);
    assert_int_equal(body.len, 0);
}

static void
a_document_comes_by_https_and_says_nothing_of_us(void **state)
{
    const int port = start_server("good.pem", "");

    (void)state;
    assert_int_equal(get("https", "localhost", port, "/good", 0), UKB_OK);
    assert_string_equal(ukb_buf_text(&body), "{\"agent\":null,\"cookie\":null}");
    assert_int_equal(get("https", "localhost", port, "/charset", 0), UKB_OK);
    assert_int_equal(get("https", "localhost", port, "/full", 0), UKB_OK);
    assert_int_equal(body.len, UKB_HTTP_BODY_MAX_LEN);
}

static void
whoever_is_not_who_he_should_be_is_refused(void **state)
{
    const int other_name = start_server("name.pem", "");
    const int good = start_server("good.pem", "");
    const struct ukb_http_request no_ca = { .url = "https://localhost", .ca_file = "/nonexistent" };
    char url[64];
    struct ukb_http_request stranger = { .url = url };

    (void)state;
    assert_int_equal(get("https", "localhost", other_name, "/good", 0), UKB_E_TLS);
    assert_int_equal(get("https", "127.0.0.1", good, "/good", 0), UKB_E_TLS); /* no such name in it */
    (void)snprintf(url, sizeof(url), "https://localhost:%d/good", good);
    assert_int_equal(ukb_http_curl.get(&stranger, &body, &err), UKB_E_TLS);  /* the system knows no such CA */
    assert_int_equal(ukb_http_curl.get(&no_ca, &body, &err), UKB_E_NETWORK); /* nobody there */
}

static void
old_tls_is_refused(void **state)
{
    (void)state;
    assert_int_equal(get("https", "localhost", start_server("good.pem", "TLSv1.1"), "/good", 0), UKB_E_TLS);
    assert_int_equal(get("https", "localhost", start_server("good.pem", "TLSv1.2"), "/good", 0), UKB_OK);
    assert_int_equal(get("https", "localhost", start_server("", ""), "/good", 0), UKB_E_TLS); /* no TLS at all */
}

static void
another_status_than_200_is_an_error_and_a_redirect_is_one(void **state)
{
    const int port = start_server("good.pem", "");

    (void)state;
    assert_int_equal(get("https", "localhost", port, "/gone", 0), UKB_E_HTTP_STATUS);
    expect_status(404);
    assert_int_equal(get("https", "localhost", port, "/moved", 0), UKB_E_HTTP_STATUS);
    expect_status(302);
}

static void
what_is_too_long_cut_or_of_another_type_is_a_bad_reply(void **state)
{
    static const char *const paths[] = { "/long", "/chunks", "/cut", "/html", "/jsonx" };
    const int port = start_server("good.pem", "");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (get("https", "localhost", port, paths[i], 0) != UKB_E_BAD_REPLY) {
            fail_msg("%s: %d %s", paths[i], (int)err.status, err.message);
        }
        assert_int_equal(body.len, 0);
    }
}

static void
who_answers_too_slowly_or_not_at_all_is_the_networks_fault(void **state)
{
    const int port = start_server("good.pem", "");
    const int gone = start_server("good.pem", "");

    (void)state;
    assert_int_equal(get("https", "localhost", port, "/silent", 300), UKB_E_NETWORK);
    assert_int_equal(get("https", "localhost", port, "/drip", 300), UKB_E_NETWORK);
    (void)kill(servers[1], SIGKILL);
    (void)waitpid(servers[1], NULL, 0);
    server_count = 1;
    assert_int_equal(get("https", "localhost", gone, "/good", 0), UKB_E_NETWORK);
    assert_int_equal(get("https", "no-such-host.invalid", 443, "/", 3000), UKB_E_NETWORK);
}

static void
plain_http_is_for_loopback_alone_and_only_where_allowed(void **state)
{
    static const char *const never[] = { "http://portal.example/",
                                         "http://localhost.evil.example/",
                                         "http://127.0.0.1.evil.example/",
                                         "ftp://localhost/",
                                         "file:///etc/passwd",
                                         "HTTPS://localhost/",
                                         "http://localhost@evil.example/",
                                         "http://localhost:x@evil.example/",
                                         "localhost",
                                         "" };
    const int port = start_server("", "");
    char url[64];
    struct ukb_http_request request = { .url = url };
    size_t i;

    (void)state;
    (void)setenv("http_proxy", "http://127.0.0.1:1", 1); /* loopback goes by no proxy */
    assert_int_equal(get("http", "127.0.0.1", port, "/good", 0), UKB_OK);
    (void)unsetenv("http_proxy");
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/good", port);
    assert_int_equal(ukb_http_curl.get(&request, &body, &err), UKB_E_NETWORK);
    request.allow_loopback = true;
    for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        request.url = never[i];
        assert_int_equal(ukb_http_curl.get(&request, &body, &err), UKB_E_NETWORK);
        assert_string_equal(err.message, "only https addresses are fetched");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_document_comes_by_https_and_says_nothing_of_us, stop_servers),
        cmocka_unit_test_teardown(whoever_is_not_who_he_should_be_is_refused, stop_servers),
        cmocka_unit_test_teardown(old_tls_is_refused, stop_servers),
        cmocka_unit_test_teardown(another_status_than_200_is_an_error_and_a_redirect_is_one, stop_servers),
        cmocka_unit_test_teardown(what_is_too_long_cut_or_of_another_type_is_a_bad_reply, stop_servers),
        cmocka_unit_test_teardown(who_answers_too_slowly_or_not_at_all_is_the_networks_fault, stop_servers),
        cmocka_unit_test_teardown(plain_http_is_for_loopback_alone_and_only_where_allowed, stop_servers),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
