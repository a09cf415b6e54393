/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/elastic.h"

#define MEDIA_TYPE_V "application/vnd.elasticsearch+json"

static void elastic_info(struct elastic_call *call)
{
	buf_printf(
		&call->response->body,
		"{\"name\":\"wanglou\",\"cluster_name\":\"wanglou\",\"cluster_uuid\":"
		"\"wanglouAAAAAAAAAAAAAAA\","
		"\"version\":{\"number\":\"%s\",\"build_flavor\":\"default\",\"build_type\":\"deb\","
		"\"build_hash\":\"unknown\",\"build_date\":\"2025-01-01T00:00:00Z\",\"build_snapshot\":false,"
		"\"lucene_version\":\"9.12.0\",\"minimum_wire_compatibility_version\":\"7.17.0\","
		"\"minimum_index_compatibility_version\":\"7.0.0\"},\"tagline\":\"You Know, for Search\"}",
		call->door->elastic_version);
}

static void elastic_nodes(struct elastic_call *call)
{
	buf_printf(&call->response->body,
		   "{\"_nodes\":{\"total\":1,\"successful\":1,\"failed\":0},\"cluster_name\":\"wanglou\","
		   "\"nodes\":{\"wanglou\":{\"name\":\"wanglou\",\"version\":\"%s\",\"roles\":[\"data\","
		   "\"ingest\"],"
		   "\"ingest\":{\"processors\":[]},\"plugins\":[],\"modules\":[]}}}",
		   call->door->elastic_version);
}

#define LICENSE "\"type\":\"basic\",\"mode\":\"basic\",\"status\":\"active\""
#define HEALTH                                                                                          \
	"{\"cluster_name\":\"wanglou\",\"status\":\"green\",\"timed_out\":false,\"number_of_nodes\":1," \
	"\"number_of_data_nodes\":1,\"active_primary_shards\":1,\"active_shards\":1,"                   \
	"\"relocating_shards\":0,\"initializing_shards\":0,\"unassigned_shards\":0}"
#define ACKNOWLEDGED "{\"acknowledged\":true}"
#define CREATED "{\"acknowledged\":true,\"shards_acknowledged\":true,\"index\":\"logs\"}"

/*
 * Every endpoint. A '*' stands for one segment that does not begin with '_'; the
 * first line that fits path and method answers. GET answers HEAD too. text is the
 * whole answer where there is no function; where it does not begin with '{' it is
 * plain text.
 */
static const struct endpoint {
	const char *methods, *pattern;
	void (*answer)(struct elastic_call *call);
	const char *text;
} endpoints[] = {
	{"POST PUT", "/_bulk", elastic_bulk, NULL},
	{"POST PUT", "/*/_bulk", elastic_bulk, NULL},
	{"POST PUT", "/*/*/_bulk", elastic_bulk, NULL},
	{"POST", "/*/_doc", elastic_document, NULL},
	{"POST PUT", "/*/_doc/*", elastic_document, NULL},
	{"POST PUT", "/*/_create/*", elastic_document, NULL},
	{"POST", "/*/*", elastic_document,
	 NULL}, /* /{index}/{type} of version 6, omelasticsearch's default */
	{"POST PUT", "/*/*/*", elastic_document, NULL},

	{"GET", "/", elastic_info, NULL},
	{"GET", "/_license", NULL, "{\"license\":{\"uid\":\"wanglou\"," LICENSE "}}"},
	{"GET", "/_xpack", NULL,
	 "{\"license\":{\"uid\":\"wanglou\"," LICENSE
	 "},\"features\":{\"ilm\":{\"available\":true,\"enabled\":true}}}"},
	{"GET", "/_cluster/health", NULL, HEALTH},
	{"GET", "/_cluster/health/*", NULL, HEALTH},
	{"GET", "/_nodes", elastic_nodes, NULL},
	{"GET", "/_nodes/*", elastic_nodes, NULL},
	{"GET", "/_nodes/*/*", elastic_nodes, NULL},
	{"GET", "/_nodes/_all/*", elastic_nodes, NULL},
	{"GET", "/_nodes/_local/*", elastic_nodes, NULL},
	{"GET", "/_cat", NULL, "=^.^=\n"},
	{"GET", "/_cat/*", NULL, "wanglou green\n"},
	{"GET", "/_cat/*/*", NULL, "wanglou green\n"},

	/* What shippers set up before they send: it is there, and what they put is acknowledged. */
	{"GET", "/_ilm/policy/*", NULL, "{}"},
	{"PUT", "/_ilm/policy/*", NULL, ACKNOWLEDGED},
	{"GET", "/_ilm/status", NULL, "{\"operation_mode\":\"RUNNING\"}"},
	{"GET", "/_index_template/*", NULL, "{\"index_templates\":[]}"},
	{"PUT POST", "/_index_template/*", NULL, ACKNOWLEDGED},
	{"GET", "/_component_template/*", NULL, "{\"component_templates\":[]}"},
	{"PUT POST", "/_component_template/*", NULL, ACKNOWLEDGED},
	{"GET", "/_template/*", NULL, "{}"},
	{"PUT POST", "/_template/*", NULL, ACKNOWLEDGED},
	{"GET", "/_ingest/pipeline", NULL, "{}"},
	{"GET", "/_ingest/pipeline/*", NULL, "{}"},
	{"PUT", "/_ingest/pipeline/*", NULL, ACKNOWLEDGED},
	{"GET", "/_data_stream/*", NULL, "{\"data_streams\":[]}"},
	{"PUT", "/_data_stream/*", NULL, ACKNOWLEDGED},
	{"GET", "/_alias/*", NULL, "{}"},
	{"POST", "/_aliases", NULL, ACKNOWLEDGED},
	{"GET", "/*", NULL, "{}"},
	{"PUT", "/*", NULL, CREATED},
	{"GET", "/*/_alias/*", NULL, "{}"},
	{"PUT", "/*/_alias/*", NULL, ACKNOWLEDGED},
	{"GET", "/*/_mapping", NULL, "{}"},
	{"PUT POST", "/*/_mapping", NULL, ACKNOWLEDGED},
	{"GET", "/*/_settings", NULL, "{}"},
	{"PUT", "/*/_settings", NULL, ACKNOWLEDGED},
	{"GET POST", "/*/_refresh", NULL, "{\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0}}"},
};

/* --- finding the endpoint ------------------------------------------------------------------------ */

/* The segments of a path; false where there are too many. A '/' at the end is ignored. */
static bool split_path(const char *path, struct elastic_call *call)
{
	struct str rest = str_from(path), segment;

	for (call->segment_count = 0; str_split(&rest, '/', &segment);) {
		if (!segment.len)
			continue;
		if (call->segment_count == ELASTIC_SEGMENTS_MAX)
			return false;
		call->segments[call->segment_count++] = segment;
	}
	return true;
}

static bool path_fits(const char *pattern, const struct elastic_call *call)
{
	struct str rest = str_from(pattern), part;
	size_t i = 0;

	while (str_split(&rest, '/', &part)) {
		if (!part.len)
			continue;
		if (i == call->segment_count)
			return false;
		if (str_eq(part, STR("*")) ? call->segments[i].ptr[0] == '_'
					   : !str_eq(part, call->segments[i]))
			return false;
		i++;
	}
	return i == call->segment_count;
}

static bool method_fits(const char *methods, const char *method)
{
	struct str rest = str_from(methods), part;
	struct str wanted = strcmp(method, "HEAD") == 0 ? STR("GET") : str_from(method);

	while (str_split(&rest, ' ', &part))
		if (str_eq(part, wanted))
			return true;
	return false;
}

/* NULL where none fits; *ret_path_known says whether another method would. */
static const struct endpoint *find_endpoint(const struct elastic_call *call, bool *ret_path_known)
{
	*ret_path_known = false;
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
		if (!path_fits(endpoints[i].pattern, call))
			continue;
		*ret_path_known = true;
		if (method_fits(endpoints[i].methods, call->request->method))
			return &endpoints[i];
	}
	return NULL;
}

/* --- answers ------------------------------------------------------------------------------------- */

/* The versioned media type where the client asks for it, with the version it is compatible with. */
static const char *media_type(struct http_request *request)
{
	const char *accept = http_header(request, "Accept"), *at;

	if (!accept || !strstr(accept, MEDIA_TYPE_V))
		return "application/json";
	at = strstr(accept, "compatible-with=");
	if (!at || !char_is_digit(at[16]))
		return MEDIA_TYPE_V;
	return arena_printf(request->arena, MEDIA_TYPE_V ";compatible-with=%c", at[16]).ptr;
}

/* Clients refuse to talk to a server without this header. */
static void set_headers(struct http_request *request, struct http_response *response)
{
	http_set_header(response, "X-elastic-product", "Elasticsearch");
	response->content_type = media_type(request);
}

void elastic_error(struct http_response *response, int status, const char *type, const char *reason)
{
	struct buf *out = &response->body;

	response->status = status;
	buf_printf(out, "{\"error\":{\"type\":\"%s\",\"reason\":", type);
	buf_add_json_string(out, str_from(reason));
	buf_printf(out, ",\"root_cause\":[{\"type\":\"%s\",\"reason\":", type);
	buf_add_json_string(out, str_from(reason));
	buf_printf(out, "}]},\"status\":%d}", status);
}

void elastic_unauthorized(struct http_request *request, struct http_response *response)
{
	set_headers(request, response);
	elastic_error(response, 401, "security_exception",
		      "missing or wrong authentication: the password of Basic, or the key, is a token");
}

void elastic_handle(const struct door *door, struct http_request *request, struct http_response *response)
{
	struct elastic_call call = {.door = door, .request = request, .response = response};
	const struct endpoint *endpoint = NULL;
	bool path_known = false;

	set_headers(request, response);
	if (split_path(request->path, &call))
		endpoint = find_endpoint(&call, &path_known);
	if (!endpoint)
		elastic_error(response, path_known ? 405 : 400, "illegal_argument_exception",
			      path_known ? "this uri does not take this method"
					 : "no handler found for this uri");
	else if (endpoint->answer)
		endpoint->answer(&call);
	else
		buf_add_str(&response->body, str_from(endpoint->text));
	if (endpoint && endpoint->text && endpoint->text[0] != '{')
		response->content_type = "text/plain; charset=UTF-8";
}
