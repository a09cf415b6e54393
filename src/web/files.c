/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/map.h"
#include "base/vec.h"
#include "web/guard.h"

#define FILE_BYTES_MAX (16u * 1024 * 1024)
#define FILES_MAX 4096
#define FILES_BYTES_MAX (128u * 1024 * 1024)
#define NONCE_PLACE STR("__CSP_NONCE__")
#define INDEX "/index.html"
#define ENTITY_PAGES "/entity/"
#define HASHED_FOLDER STR("/assets/") /* the bundler puts a hash of the content into these names */

struct file {
	struct buf body;
	const char *type;
	char etag[24];
	bool immutable;
};

struct files {
	struct map *by_path; /* "/index.html" → index */
	struct {
		VEC_OF(struct file)
	} list;
	const char *folder; /* while loading */
	size_t bytes;
};

static const char *type_of(struct str path)
{
	static const struct {
		const char *suffix, *type;
	} types[] = {
		{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".json", "application/json"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
		{".ico", "image/x-icon"},
		{".webp", "image/webp"},
		{".woff2", "font/woff2"},
		{".txt", "text/plain; charset=utf-8"},
		{".webmanifest", "application/manifest+json"},
		{".map", "application/json"},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_ends(path, str_from(types[i].suffix)))
			return types[i].type;
	return "application/octet-stream";
}

static int load_file(const char *path, void *context)
{
	struct files *files = context;
	struct str name = str_from(path + strlen(files->folder));
	struct file file = {.type = type_of(name), .immutable = str_starts(name, HASHED_FOLDER)};
	int r = files->list.len == FILES_MAX ? ERR_LIMIT : io_read_file(path, FILE_BYTES_MAX, &file.body);

	if (r < 0)
		return r;
	files->bytes += file.body.len;
	snprintf(file.etag, sizeof(file.etag), "\"%016" PRIx64 "\"",
		 hash_bytes(file.body.ptr, file.body.len));
	*map_put(files->by_path, name, NULL) = files->list.len;
	vec_push(&files->list, file);
	return files->bytes > FILES_BYTES_MAX ? ERR_LIMIT : 0;
}

int files_load(const char *folder, struct files **ret_files, struct err *ret_err)
{
	struct files *files = calloc(1, sizeof(*files));
	char path[4096];
	size_t len;
	int r = 0;

	must(files);
	files->by_path = map_new();
	must(files->by_path);
	snprintf(path, sizeof(path), "%s", folder ? folder : "");
	for (len = strlen(path); len > 1 && path[len - 1] == '/';)
		path[--len] = 0;
	files->folder = path;
	if (folder)
		r = io_walk(path, "", load_file, files);
	files->folder = NULL;
	if (r < 0 && r != -ENOENT) {
		files_free(files);
		return err_set(ret_err, r, 0, 0, "the user interface in %s cannot be read: %s", folder,
			       err_text(r));
	}
	*ret_files = files;
	return 0;
}

void files_free(struct files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->list.len; i++)
		buf_done(&files->list.items[i].body);
	vec_done(&files->list);
	map_free(files->by_path);
	free(files);
}

static const struct file *find(const struct files *files, struct str path)
{
	const uint64_t *index = map_get(files->by_path, path);

	return index ? &files->list.items[*index] : NULL;
}

/* "/reply" is the file reply.html: a page of its own, beside that of the interface's router. */
static const struct file *find_page(const struct files *files, struct str path)
{
	char name[64];
	int len = snprintf(name, sizeof(name), "%.*s.html", path.len < 48 ? (int)path.len : 48, path.ptr);

	return find(files, str_of(name, (size_t)len));
}

/* A page of the interface's own router: anything that does not look like a file. /assets/7 is one, though the
   built files lie in that folder; and so is what is known of a thing, whose name is an address, a host or
   what somebody typed: /entity/ip/192.0.2.1. */
static bool is_page(struct str path)
{
	if (str_starts(path, STR(ENTITY_PAGES)))
		return true;
	for (size_t i = path.len; i-- > 0 && path.ptr[i] != '/';)
		if (path.ptr[i] == '.')
			return false;
	return true;
}

/* The page with a number used once in the place of the placeholder; styles carrying it are let in. */
static void send_page(const struct file *page, struct http_response *response)
{
	struct str rest = buf_str(&page->body);
	char nonce[NONCE_SIZE];
	uint8_t bytes[(NONCE_SIZE - 1) / 2];
	size_t at;

	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), nonce);
	while ((at = str_find(rest, NONCE_PLACE)) != STR_NOT_FOUND) {
		buf_add_str(&response->body, str_head(rest, at));
		buf_add_str(&response->body, str_from(nonce));
		rest = str_from_offset(rest, at + NONCE_PLACE.len);
	}
	buf_add_str(&response->body, rest);
	response->content_type = page->type;
	guard_headers(response, nonce);
	http_set_header(response, "Cache-Control", "no-store");
}

/* "q=0", "q=0.000": not acceptable (RFC 9110, section 12.4.2). */
static bool is_refused(struct str parameters)
{
	struct str weight = str_trim(parameters);

	if (!str_starts(weight, STR("q=0")))
		return false;
	for (size_t i = 3; i < weight.len; i++)
		if (weight.ptr[i] != '0' && weight.ptr[i] != '.')
			return false;
	return true;
}

/* Accept-Encoding (RFC 9110, section 12.5.3) names gzip and does not refuse it. */
static bool accepts_gzip(const struct http_request *request)
{
	const char *accepted = http_header(request, "Accept-Encoding");
	struct str rest = str_from(accepted), coding, name;

	while (accepted && str_split(&rest, ',', &coding))
		if (str_split(&coding, ';', &name) && str_ieq(str_trim(name), STR("gzip")))
			return !is_refused(coding);
	return false;
}

/* Each coding of a file is a representation of its own, with an ETag of its own (RFC 9110, section 8.8.3.3).
 */
static void send_file(const struct files *files, const struct file *file, struct http_request *request,
		      struct http_response *response)
{
	const char *known = http_header(request, "If-None-Match");
	struct str packed_path = arena_printf(request->arena, "%s.gz", request->path);
	const struct file *packed = find(files, packed_path), *sent = file;

	guard_headers(response, NULL);
	if (packed)
		http_set_header(response, "Vary", "Accept-Encoding");
	if (packed && accepts_gzip(request)) {
		http_set_header(response, "Content-Encoding", "gzip");
		sent = packed;
	}
	http_set_header(response, "ETag", sent->etag);
	http_set_header(response, "Cache-Control",
			file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (known && strstr(known, sent->etag)) {
		response->status = 304;
		return;
	}
	response->content_type = file->type;
	buf_add_str(&response->body, buf_str(&sent->body));
}

static void send_unbuilt(struct http_response *response)
{
	static const char page[] =
		"<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>望楼 Wanglou</title>"
		"<h1>望楼 Wanglou</h1><p>控制台界面尚未构建。请运行 <code>./dev "
		"build</code>，然后重新启动。</p>"
		"<p lang=\"en\">The console is not built yet. Run <code>./dev build</code>, then start "
		"again. "
		"The API is at <code>/api/v1</code>.</p></html>";

	response->status = 503;
	response->content_type = "text/html; charset=utf-8";
	guard_headers(response, NULL);
	http_set_header(response, "Cache-Control", "no-store");
	buf_add_str(&response->body, str_from(page));
}

static void refuse(struct http_response *response, int status, const char *text)
{
	guard_headers(response, NULL);
	http_reply_text(response, status, text);
}

void files_handle(struct files *files, struct http_request *request, struct http_response *response)
{
	struct str path = str_from(request->path);
	const struct file *file, *page = find_page(files, path),
				 *index = page ? page : find(files, STR(INDEX));

	if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
		http_set_header(response, "Allow", "GET, HEAD");
		refuse(response, 405, "use GET\n");
		return;
	}
	file = find(files, path);
	if (file && !str_ends(path, STR(".html")))
		send_file(files, file, request, response);
	else if (file || (index && is_page(path)))
		send_page(file ? file : index, response);
	else if (is_page(path))
		send_unbuilt(response);
	else
		refuse(response, 404, "there is no such file\n");
}
