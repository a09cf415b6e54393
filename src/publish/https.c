/* SPDX-License-Identifier: Apache-2.0 */
/* heads.https: notes in one POST, text/plain. And the POST that the time stamps use, too. */
#include <curl/curl.h>
#include <stdio.h>

#include "publish/publish.h"

#define CONNECT_TIMEOUT_MS 5000L
#define TIMEOUT_MS 10000L
#define ANSWER_MAX 4096

int publish_http_start(struct err *ret_err)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
		       ? 0
		       : err_set(ret_err, ERR_VERSION, 0, 0, "libcurl does not start");
}

struct receiver {
	struct buf *answer;
	size_t max;
};

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
	struct receiver *receiver = context;

	if (receiver->answer->len + size * count > receiver->max)
		return 0;
	buf_add(receiver->answer, bytes, size * count);
	return size * count;
}

static struct curl_slist *make_headers(const struct publish_request *request)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *longer;
	char line[256];

	snprintf(line, sizeof(line), "Content-Type: %s", request->content_type);
	longer = curl_slist_append(list, line);
	must(list && longer);
	if (request->accept) {
		snprintf(line, sizeof(line), "Accept: %s", request->accept);
		longer = curl_slist_append(longer, line);
		must(longer);
	}
	return longer;
}

int publish_post(const struct publish_request *request, struct buf *answer, struct err *ret_err)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = make_headers(request);
	struct receiver receiver = {answer, request->answer_max};
	char reason[CURL_ERROR_SIZE] = "";
	long status = 0;
	CURLcode code;

	must(curl);
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, request->plain ? "http,https" : "https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.ptr);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
	if (request->ca && request->ca[0])
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return err_set(ret_err, ERR_REFUSED, 0, 0, "%s: %s", request->url,
			       reason[0] ? reason : curl_easy_strerror(code));
	if (status < 200 || status > 299)
		return err_set(ret_err, ERR_REFUSED, 0, 0, "%s answered %ld", request->url, status);
	return 0;
}

static int send_notes(const struct publish_settings *settings, const struct publish_note *notes, size_t count,
		      struct err *ret_err)
{
	struct buf body = {0}, answer = {0};
	struct publish_request request = {
		.url = settings->https,
		.content_type = "text/plain; charset=utf-8",
		.ca = settings->https_ca,
		.answer_max = ANSWER_MAX,
	};
	int r;

	for (size_t i = 0; i < count; i++)
		buf_add_str(&body, notes[i].text);
	request.body = buf_str(&body);
	r = publish_post(&request, &answer, ret_err);
	buf_done(&body);
	buf_done(&answer);
	return r;
}

const struct publish_target publish_https = {
	.name = "https",
	.address = offsetof(struct publish_settings, https),
	.every = offsetof(struct publish_settings, every),
	.send = send_notes,
};
