#!/usr/bin/python3
"""A client of the resolver service that knows nothing but the fields of its contract: searches, downloads what it found, checks the file.

usage: resolver_client.py BASE PHRASE COUNT HEADFUL

Asks as the video crawler does: one retry with a window after a 5xx answer or a broken connection, none after a 4xx.
"""
import json
import sys
import urllib.error
import urllib.request

HIT = {"id", "caption", "authorHandle", "likeCount", "uploadTime", "webViewUrl"}
SEARCH = {"results", "totalResults", "query", "search_metadata", "execution_mode"}
DOWNLOAD = {"status", "message", "download_url", "video_info", "file_size", "error_code", "error_details", "execution_time"}
INFO = {"id", "title", "author", "duration", "thumbnail_url"}

local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
world = urllib.request.build_opener()


def post(base, path, body):
    request = urllib.request.Request(base + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with local.open(request, timeout=180) as reply:
        return json.load(reply)


def ask(base, path, body):
    try:
        return post(base, path, body)
    except urllib.error.HTTPError as error:
        if error.code < 500:
            raise SystemExit(f"{path}: {error.code} {error.read().decode()}")
        return post(base, path, {**body, "force_headful": True})


def expect(what, is_so):
    if not is_so:
        raise SystemExit(f"expected {what}")


def main(base, phrase, count, headful):
    base = base.rstrip("/")
    with local.open(base + "/health", timeout=5) as reply:
        expect("a healthy service", json.load(reply) == {"status": "ok"})

    found = ask(base, "/tiktok/search", {"query": phrase, "numVideos": min(count, 50), "force_headful": headful})
    expect("the fields of a search", set(found) == SEARCH)
    expect(f"{count} hits", len(found["results"]) == count == found["totalResults"])
    expect("six fields a hit", all(set(hit) == HIT for hit in found["results"]))
    expect("strings and numbers", all(type(hit["likeCount"]) is int and type(hit["uploadTime"]) is str for hit in found["results"]))

    for hit in found["results"][:2]:
        answer = ask(base, "/tiktok/download", {"url": hit["webViewUrl"], "force_headful": headful})
        expect("the fields of a download", set(answer) == DOWNLOAD and set(answer["video_info"]) == INFO)
        expect("success", answer["status"] == "success" and answer["error_code"] is None)
        expect("the video asked for", answer["video_info"]["id"] == hit["id"] and answer["video_info"]["author"] == hit["authorHandle"])
        duration = answer["video_info"]["duration"] or 0.0
        expect("a duration", duration >= 0.0)
        with world.open(urllib.request.Request(answer["download_url"], headers={"User-Agent": "Mozilla/5.0"}), timeout=60) as media:
            data = media.read()
        expect("a video", data[4:8] == b"ftyp")
        expect("the size that was told", answer["file_size"] in (None, len(data)))
        print(hit["id"], len(data))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "true")
