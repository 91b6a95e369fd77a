//! The real binary, as a shell and a terminal see it.

#[path = "terminal/checking.rs"]
mod checking;
#[path = "terminal/commands.rs"]
mod commands;
#[path = "terminal/harness.rs"]
mod harness;
#[path = "terminal/joining.rs"]
mod joining;
#[path = "terminal/lab_server.rs"]
mod lab_server;
#[path = "terminal/leaving.rs"]
mod leaving;
#[path = "terminal/looking.rs"]
mod looking;
#[path = "terminal/main_path.rs"]
mod main_path;
#[path = "terminal/presenting.rs"]
mod presenting;
#[path = "terminal/recording.rs"]
mod recording;
#[path = "terminal/reloading.rs"]
mod reloading;
#[path = "terminal/running.rs"]
mod running;
#[path = "terminal/scenes.rs"]
mod scenes;
#[path = "terminal/second_screen.rs"]
mod second_screen;
#[path = "terminal/walking.rs"]
mod walking;
#[path = "terminal/whole_module.rs"]
mod whole_module;
#[path = "terminal/whole_module_2.rs"]
mod whole_module_2;
#[path = "terminal/whole_module_3.rs"]
mod whole_module_3;
#[path = "terminal/wire_log.rs"]
mod wire_log;
#[path = "terminal/workers.rs"]
mod workers;
