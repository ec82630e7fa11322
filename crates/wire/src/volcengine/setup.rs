//! Pointing the vendor's clients here.

use crate::endpoint::Recipe;

/// The host name that clients are built with.
pub const HOSTS: &[&str] = &["openspeech.bytedance.com"];

/// The settings, by language.
pub const RECIPES: &[Recipe] = &[
    Recipe {
        language: "python",
        client: "official demo of TTS v1, websockets < 14",
        text: r#"# pip install "websockets<14": the script passes extra_headers
token = "any"          # appid and cluster stay as they are
api_url = "{ws}/api/v1/tts/ws_binary"
# in code of your own with websockets >= 14:
#   websockets.connect(api_url, additional_headers={"Authorization": f"Bearer; {token}"})
"#,
    },
    Recipe {
        language: "python",
        client: "official demo with a protocols module, websockets >= 14",
        text: r"# python binary.py --appid any --access_token any --voice_type BV001_streaming \
#     --text hello --endpoint {ws}/api/v1/tts/ws_binary
",
    },
    Recipe {
        language: "node",
        client: "ws 8",
        text: r#"const ws = new WebSocket("{ws}/api/v1/tts/ws_binary", {
  headers: { Authorization: "Bearer; any" },
});
"#,
    },
    Recipe {
        language: "node",
        client: "mi-gpt-tts 2.0.0",
        text: r"# its URL is a constant and it knows no proxy: replace it in the installed package
export VOLCANO_TTS_APP_ID=any VOLCANO_TTS_ACCESS_TOKEN=any VOLCANO_TTS_USER_ID=any
grep -rl 'wss://openspeech.bytedance.com' node_modules/mi-gpt-tts/dist |
  xargs sed -i 's#wss://openspeech.bytedance.com#{ws}#g'
",
    },
    Recipe {
        language: "java",
        client: "OkHttp",
        text: r#"Request request = new Request.Builder()
    .url("{http}/api/v1/tts/ws_binary")
    .header("Authorization", "Bearer; any")
    .build();
WebSocket socket = client.newWebSocket(request, listener);
"#,
    },
    Recipe {
        language: "go",
        client: "gorilla/websocket",
        text: r#"header := http.Header{"Authorization": []string{"Bearer;any"}}
conn, resp, err := websocket.DefaultDialer.Dial("{ws}/api/v1/tts/ws_binary", header)
// resp.Header.Get("X-Tt-Logid") is there, as from the real service
"#,
    },
    Recipe {
        language: "rust",
        client: "tokio-tungstenite",
        text: r#"let mut request = "{ws}/api/v1/tts/ws_binary".into_client_request()?;
request.headers_mut().insert("Authorization", "Bearer; any".parse()?);
let (socket, response) = tokio_tungstenite::connect_async(request).await?;
"#,
    },
    Recipe {
        language: "shell",
        client: "websocat",
        text: r"# one request frame in request.bin; the answers as they come, until the link is idle.
# -H wants its equals sign, else it takes the URL for a header; -n keeps the link open
# when the input ends, -B lets the request be one message
websocat -b -n -B 1048576 -H='Authorization: Bearer; any' \
    {ws}/api/v1/tts/ws_binary < request.bin > answer.bin
",
    },
    Recipe {
        language: "shell",
        client: "any client with the host built in",
        text: r"# serve with --connect-proxy; `mynah ca` has this for each language, and how to trust its CA
export HTTPS_PROXY=http://{authority}
",
    },
];
