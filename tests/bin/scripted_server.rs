//! A model server as a process of its own: `scripted-server PORT TEXT`. It speaks OpenAI's and Ollama's chat and
//! says the text; a test kills it.

use harness::ModelServer;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|p| p.parse().ok()).expect("usage: scripted-server PORT TEXT");
    let text = arguments.next().expect("usage: scripted-server PORT TEXT");
    let _server = ModelServer::at(port, &text).await;
    println!("listening");
    std::future::pending::<()>().await;
}
