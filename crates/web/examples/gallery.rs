//! Serves every page with sample data: `cargo run -p anteroom-web --features gallery --example gallery [ADDRESS]`.

use std::net::SocketAddr;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:4870").parse()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    eprintln!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, anteroom_web::gallery()).await?)
}
