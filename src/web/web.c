/* SPDX-License-Identifier: Apache-2.0 */
#include "web/web.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "cases/alert.h"
#include "coverage/ledger.h"
#include "custody/disk.h"
#include "duty/shift.h"
#include "notify/outbox.h"
#include "people/import.h"
#include "people/register.h"
#include "reporting/reporting.h"
#include "rectification/rectification.h"
#include "trail/trail.h"
#include "views/views.h"
#include "web/download.h"
#include "web/guard.h"
#include "web/store_access.h"
#include "web/stream.h"
#include "web/turns.h"

#define HTTP_THREADS 2
#define CONNECTIONS_MAX 512

int web_open_database(const char *data, struct db **ret_db, struct err *ret_err)
{
	static const struct db_schema *const schemas[] = {
		&access_schema, /* in the order of layers, one a line */
		&views_schema,         &register_schema, &import_schema,    &notify_schema,
		&cases_schema,         &trail_schema,    &coverage_schema,  &disk_schema,
		&rectification_schema, &duty_schema,     &reporting_schema,
	};
	char path[PATH_MAX];
	int r = io_make_folder(data, 0700);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot make the folder %s: %s", data, err_text(r));
	if (snprintf(path, sizeof(path), "%s/" DB_FILE, data) >= (int)sizeof(path))
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "the path of the data folder is too long");
	return db_open(path, schemas, sizeof(schemas) / sizeof(schemas[0]), ret_db, ret_err);
}

static bool is_api(const struct http_request *request)
{
	return strncmp(request->path, "/api/", 5) == 0;
}

/* What no worker answers, in the language of who asks. */
static void answer(struct http_request *request, struct http_response *response, int status, const char *code,
		   const char *message)
{
	enum words_language language = words_accepted(http_header(request, "Accept-Language"));

	guard_headers(response, NULL);
	http_set_header(response, "Cache-Control", "no-store");
	http_set_header(response, "Content-Language", words_tag(language));
	words_speak(language);
	reply_error(response, status, code, words_of(message));
	words_speak(WORDS_ENGLISH);
}

static void unavailable(struct http_request *request, struct http_response *response)
{
	http_set_header(response, "Retry-After", "1");
	answer(request, response, 503, "busy", WORDS("too many requests at once; try again"));
}

/* A body that was not taken: the same shape and the same headers as any other answer. */
static void refuse(void *context, struct http_request *request, struct http_response *response)
{
	static const struct {
		int status;
		const char *code, *message;
	} answers[] = {
		{413, "body_too_large",
		 WORDS("the body has more than 64 KiB, or of a file more than 16 MiB")},
		{415, "bad_encoding", WORDS("send the body plain, or with Content-Encoding gzip or deflate")},
		{503, "busy", WORDS("too many requests at once; try again")},
		{400, "bad_body", WORDS("the body's compression is damaged")},
	};
	size_t i = 0;

	(void)context;
	while (i + 1 < sizeof(answers) / sizeof(answers[0]) && answers[i].status != response->status)
		i++;
	if (is_api(request)) {
		answer(request, response, answers[i].status, answers[i].code, answers[i].message);
	} else {
		guard_headers(response, NULL);
		http_set_header(response, "Cache-Control", "no-store");
	}
}

/* Before the body is read: how large it may be. Only who may send a large one can make us hold it; a look at
   the session is quick, and rare here. */
static bool admit(void *context, struct http_request *request, struct http_response *response)
{
	struct call call = {.web = context, .request = request, .response = response};

	return !is_api(request) || api_admit(&call);
}

/* Called on a thread of the HTTP server, which must not wait. The second call, after a worker has filled the
   response, only lets it go. */
static void handle(void *context, struct http_request *request, struct http_response *response)
{
	struct web *web = context;

	if (request->state)
		return;
	if (!is_api(request))
		files_handle(web->files, request, response);
	else if (!pool_submit(web->pool, request, response))
		unavailable(request, response);
}

static const char *keep_text(struct web *web, const char *text)
{
	if (!text)
		return NULL;
	must(web->text_count < sizeof(web->texts) / sizeof(web->texts[0]));
	web->texts[web->text_count] = strdup(text);
	must(web->texts[web->text_count]);
	return web->texts[web->text_count++];
}

static void keep_options(struct web *web, const struct web_options *options)
{
	web->options = *options;
	web->options.listen_fds = NULL;
	web->options.data = keep_text(web, options->data);
	web->options.tls_certificate = keep_text(web, options->tls_certificate);
	web->options.tls_key = keep_text(web, options->tls_key);
	web->options.ui = keep_text(web, options->ui);
	web->options.inside = keep_text(web, options->inside);
	web->options.journal = keep_text(web, options->journal);
	web->options.compliance = keep_text(web, options->compliance);
	web->options.compliance_own = keep_text(web, options->compliance_own);
	web->options.rule_costs = keep_text(web, options->rule_costs);
	web->options.hunts = keep_text(web, options->hunts);
	web->options.unpacked = keep_text(web, options->unpacked);
	web->options.content = keep_text(web, options->content);
	web->options.channels = keep_text(web, options->channels);
	web->options.suggest = keep_text(web, options->suggest);
	web->options.templates = keep_text(web, options->templates);
	web->options.clocks = keep_text(web, options->clocks);
	web->options.store_url = keep_text(web, options->store_url);
	web->options.store_user = keep_text(web, options->store_user);
	web->options.store_password = keep_text(web, options->store_password);
	web->options.store_database = keep_text(web, options->store_database);
	web->options.version = keep_text(web, options->version ? options->version : "");
	web->db = options->db;
}

static int listen_all(struct web *web, const struct web_options *options, struct tls_pair *tls,
		      struct err *ret_err)
{
	int r = 0;

	for (size_t i = 0; i < options->listen_count && r == 0; i++) {
		struct http_options http = {
			.listen_fd = options->listen_fds[i],
			.threads = HTTP_THREADS,
			.connections = CONNECTIONS_MAX,
			.body_max = WEB_BODY_MAX,
			.large_max = WEB_LARGE_BODIES_MAX,
			.admit = admit,
			.refuse = refuse,
			.tls_certificate = buf_cstr(&tls->certificate),
			.tls_key = buf_cstr(&tls->key),
		};

		r = http_server_start(&http, handle, web, &web->servers[i], ret_err);
		web->server_count += r == 0;
	}
	return r;
}

static int load_secret_key(struct web *web, struct err *ret_err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/" WEB_SECRET_KEY, web->options.data) >= (int)sizeof(path))
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "the path of the data folder is too long");
	return secret_key_load(path, &web->secret_key, ret_err);
}

int web_start(const struct web_options *options, struct web **ret_web, struct err *ret_err)
{
	struct web *web = calloc(1, sizeof(*web));
	struct tls_pair tls = {0};
	int r;

	must(web && options->db && options->data);
	must(options->listen_count >= 1 && options->listen_count <= WEB_LISTEN_MAX);
	keep_options(web, options);
	r = files_load(options->ui, &web->files, ret_err);
	if (r == 0)
		r = tls_load(options, &tls, ret_err);
	if (r == 0)
		r = load_secret_key(web, ret_err);
	if (r == 0) {
		strcpy(web->fingerprint, tls.fingerprint);
		web->certificate_ours = tls.ours;
		web->certificate_until = tls.until;
		web->throttle = throttle_new();
		web->streams = streams_new(web->db);
		web->downloads = downloads_new();
		web->store_turns = turns_new(STORE_CALLS_MAX, STORE_WAITING_MAX);
		web->pool = pool_new(web, WEB_WORKERS);
		r = listen_all(web, options, &tls, ret_err);
	}
	tls_pair_done(&tls);
	if (r < 0)
		web_stop(web);
	else
		*ret_web = web;
	return r;
}

const char *web_fingerprint(const struct web *web)
{
	return web->fingerprint;
}

/* Workers and what they began to send first: the HTTP server can only stop when no request is suspended. */
void web_stop(struct web *web)
{
	if (!web)
		return;
	pool_stop(web->pool);
	streams_stop(web->streams);
	downloads_stop(web->downloads);
	for (size_t i = 0; i < web->server_count; i++)
		http_server_stop(web->servers[i]);
	pool_free(web->pool);
	streams_free(web->streams);
	downloads_free(web->downloads);
	turns_free(web->store_turns);
	throttle_free(web->throttle);
	files_free(web->files);
	for (size_t i = 0; i < web->text_count; i++)
		free(web->texts[i]);
	free(web);
}
