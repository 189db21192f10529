fn main() -> Result<(), Box<dyn std::error::Error>> {
    // protoc comes as a crate, so that nothing has to be installed.
    let mut config = prost_build::Config::new();
    config.protoc_executable(protoc_bin_vendored::protoc_bin_path()?);
    tonic_prost_build::configure().build_server(false).compile_with_config(
        config,
        &["streak/v1/streak_service.proto".into(), "streak/v1/admin_service.proto".into()],
        &["streakd/proto".into(), protoc_bin_vendored::include_path()?],
    )?;
    Ok(())
}
