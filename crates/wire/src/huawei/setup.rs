//! How to point the vendor's clients here.

use crate::endpoint::Recipe;

/// The host names that clients are built with: speech and sign-in, every documented region.
pub const HOSTS: &[&str] = &[
    "sis-ext.cn-north-4.myhuaweicloud.com",
    "sis-ext.cn-east-3.myhuaweicloud.com",
    "sis-ext.cn-east-3.myhuaweicloud.cn",
    "sis-ext.ap-southeast-3.myhuaweicloud.com",
    "sis-ext.me-east-1.myhuaweicloud.com",
    "sis-ext.cn-north-1.myhuaweicloud.com",
    "iam.myhuaweicloud.com",
    "iam.cn-north-4.myhuaweicloud.com",
    "iam.cn-east-3.myhuaweicloud.com",
    "iam.ap-southeast-3.myhuaweicloud.com",
    "iam.me-east-1.myhuaweicloud.com",
    "iam.cn-north-1.myhuaweicloud.com",
];

/// The settings that point the vendor's clients here.
pub const RECIPES: &[Recipe] = &[
    Recipe {
        language: "python",
        client: "websocket-client, as on the vendor's pages",
        text: "\
import websocket

url = '{ws}/v1/PROJECT_ID/rtts'  # or /v1/PROJECT_ID/rasr/short-stream, …
ws = websocket.WebSocketApp(url, {'X-Auth-Token': 'any-token'}, on_message=on_message)
ws.run_forever(ping_interval=30, ping_timeout=20)
",
    },
    Recipe {
        language: "python",
        client: "huaweicloud_sis, the vendor's Python SDK, with AK/SK",
        text: "\
from huaweicloud_sis.client.rtts_client import RttsClient  # or rasr_client.RasrClient

client = RttsClient(use_aksk=True, ak='any-ak', sk='any-sk', region='cn-north-4',
                    project_id='PROJECT_ID', callback=callback,
                    service_endpoint='{ws}')
",
    },
    Recipe {
        language: "python",
        client: "huaweicloudsdkcore, which signs handshakes",
        text: "\
import websocket
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

path = '/v1/PROJECT_ID/rtts'
request = SdkRequest(method='GET', schema='http', host='{authority}', resource_path=path,
                     query_params=[], header_params={}, body='')
signed = Signer(BasicCredentials('any-ak', 'any-sk', 'PROJECT_ID')).sign(request)
headers = {k: v for k, v in signed.header_params.items() if k.lower() != 'host'}
ws = websocket.create_connection('{ws}' + path, header=headers)
",
    },
    Recipe {
        language: "node",
        client: "ws",
        text: "\
import WebSocket from 'ws';

const ws = new WebSocket('{ws}/v1/PROJECT_ID/rtts', {
  headers: { 'X-Auth-Token': 'any-token' },
});
",
    },
    Recipe {
        language: "java",
        client: "OkHttp, as on the vendor's pages",
        text: "\
OkHttpClient client = new OkHttpClient();
Request request = new Request.Builder()
    .url(\"{ws}/v1/PROJECT_ID/rasr/short-stream\")
    .header(\"X-Auth-Token\", \"any-token\")
    .build();
WebSocket webSocket = client.newWebSocket(request, listener);
",
    },
    Recipe {
        language: "go",
        client: "gorilla/websocket",
        text: "\
header := http.Header{\"X-Auth-Token\": {\"any-token\"}}
conn, _, err := websocket.DefaultDialer.Dial(\"{ws}/v1/PROJECT_ID/rtts\", header)
",
    },
    Recipe {
        language: "rust",
        client: "tokio-tungstenite",
        text: "\
let mut request = \"{ws}/v1/PROJECT_ID/rtts\".into_client_request()?;
request.headers_mut().insert(\"X-Auth-Token\", \"any-token\".parse()?);
let (socket, _) = tokio_tungstenite::connect_async(request).await?;
",
    },
    Recipe {
        language: "shell",
        client: "websocat",
        text: "\
echo '{\"command\":\"START\",\"text\":\"hello\",\"config\":{\"property\":\"chinese_xiaoyan_common\"}}' |
  websocat -n -H='X-Auth-Token: any-token' '{ws}/v1/PROJECT_ID/rtts'
",
    },
];
