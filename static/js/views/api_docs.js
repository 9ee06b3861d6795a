/** The page /docs: Swagger UI over this server's own description of its calls. */
window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#calls",
    deepLinking: true,
    validatorUrl: null,
    tryItOutEnabled: true,
  });
});
